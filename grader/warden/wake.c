/* SPDX-License-Identifier: MIT */
/* What the kernel itself may do to a process that waits: timers, and the alarm nobody can see.
 *
 * /proc shows POSIX timers and timerfds, but not the one alarm of alarm(2) and setitimer(2). So a
 * process whose program (or an ancestor's, since an alarm survives exec) names these functions is
 * never called dead: such a hang ends at the wall limit, with the same explanation. */
#include "explain.h"
#include "gr_io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_SEEN = 128 };

static struct {
    dev_t dev;
    ino_t ino;
    off_t size;
    bool alarm;
} seen[MAX_SEEN];
static size_t nseen;

/* The name with its final NUL is how a string table holds it. */
static bool names_alarm(int fd, size_t size)
{
    void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    bool yes;

    if (p == MAP_FAILED)
        return true; /* cannot look: then it may have one */
    yes = memmem(p, size, "alarm", sizeof "alarm") || memmem(p, size, "setitimer", 10);
    munmap(p, size);
    return yes;
}

/* Does the program in this file name alarm() or setitimer()? Each file is read once. */
static bool file_may_alarm(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    bool yes;

    if (fd == -1)
        return false;
    if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size == 0) {
        close(fd);
        return false;
    }
    for (size_t i = 0; i < nseen; i++)
        if (seen[i].dev == st.st_dev && seen[i].ino == st.st_ino && seen[i].size == st.st_size) {
            close(fd);
            return seen[i].alarm;
        }
    yes = names_alarm(fd, (size_t)st.st_size);
    close(fd);
    if (nseen < MAX_SEEN) {
        seen[nseen].dev = st.st_dev;
        seen[nseen].ino = st.st_ino;
        seen[nseen].size = st.st_size;
        seen[nseen++].alarm = yes;
    }
    return yes;
}

static bool check_mapping(const struct mapping *m, void *arg)
{
    bool *alarm = arg;

    /* Only what can be a program of the student: libraries of the system all name it. */
    if (m->perms[2] == 'x' && m->path[0] == '/' && strncmp(m->path, "/usr/", 5) != 0 &&
        strncmp(m->path, "/lib", 4) != 0)
        *alarm = file_may_alarm(m->path);
    return !*alarm;
}

static bool process_may_alarm(pid_t pid)
{
    char exe[64];
    bool alarm = false;

    snprintf(exe, sizeof exe, "/proc/%d/exe", pid);
    if (!under_valgrind(pid) && file_may_alarm(exe))
        return true;
    each_mapping(pid, check_mapping, &alarm);
    return alarm;
}

/* "it_value: (seconds, nanoseconds)" of fdinfo: the time left, zero when not set */
static bool timerfd_runs(pid_t pid, int fd)
{
    char path[64], buf[1024];
    const char *at;
    long s = 0, ns = 0;

    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", pid, fd);
    if (gr_read_file(path, buf, sizeof buf) <= 0 || !(at = strstr(buf, "it_value:")))
        return true;
    if (sscanf(at, "it_value: (%ld, %ld)", &s, &ns) != 2)
        return true;
    return s != 0 || ns != 0;
}

static bool has_timerfd(pid_t pid)
{
    char path[64], target[256];
    struct dirent *e;
    bool yes = false;
    DIR *d;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    d = opendir(path);
    while (d && !yes && (e = readdir(d)))
        yes = proc_fd_target(pid, atoi(e->d_name), target, sizeof target) &&
              strstr(target, "[timerfd]") && timerfd_runs(pid, atoi(e->d_name));
    if (d)
        closedir(d);
    return yes;
}

static bool has_timer(pid_t pid)
{
    char path[64], buf[4096];

    snprintf(path, sizeof path, "/proc/%d/timers", pid);
    return gr_read_file(path, buf, sizeof buf) > 0;
}

static pid_t parent_of(const struct proc_table *t, pid_t pid)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->p[i].pid == pid)
            return t->p[i].ppid;
    return 0;
}

bool may_be_woken(const struct proc_table *t, pid_t pid)
{
    pid_t task = live_task(pid);

    if (task == 0)
        return false; /* a zombie */
    if (has_timer(pid) || has_timerfd(task))
        return true;
    for (int up = 0; pid > 0 && pid != getpid() && up < 64; up++) {
        task = live_task(pid);
        if (task && process_may_alarm(task))
            return true;
        pid = parent_of(t, pid);
    }
    return false;
}
