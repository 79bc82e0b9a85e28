/* SPDX-License-Identifier: MIT */
/* Looking into a process: its memory, its mappings, copies of its descriptors. The jail's programs
 * run as our user, and we are their ancestor: that is the right ptrace(2) asks for. */
#include "explain.h"
#include "gr_io.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

bool peek(pid_t pid, uint64_t addr, void *buf, size_t len)
{
    char path[64];
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return false;
    n = pread(fd, buf, len, (off_t)addr);
    close(fd);
    return n == (ssize_t)len;
}

bool peek_string(pid_t pid, uint64_t addr, char *buf, size_t len)
{
    /* Up to the end of a page at a time: what follows it may not be mapped. */
    for (size_t n = 0; n < len;) {
        size_t piece = 4096 - ((addr + n) & 4095);

        if (piece > len - n)
            piece = len - n;
        if (!peek(pid, addr + n, buf + n, piece))
            return false;
        if (memchr(buf + n, '\0', piece))
            return true;
        n += piece;
    }
    buf[len - 1] = '\0';
    return true;
}

int peek_fd(pid_t pid, int fd)
{
    int copy = -1, pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

    if (pidfd == -1)
        return -1;
    copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
    close(pidfd);
    return copy;
}

void each_mapping(pid_t pid, bool (*visit)(const struct mapping *m, void *arg), void *arg)
{
    char path[64], line[4400];
    bool go_on = true;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    f = fopen(path, "re");
    while (f && go_on && fgets(line, sizeof line, f)) {
        struct mapping m = {.path = ""};

        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %" SCNu64 " %199[^\n]",
                   &m.start, &m.end, m.perms, &m.offset, &m.ino, m.path) >= 5)
            go_on = visit(&m, arg);
    }
    if (f)
        fclose(f);
}

struct sought {
    uint64_t addr;
    struct mapping *m;
    bool found;
};

static bool is_there(const struct mapping *m, void *arg)
{
    struct sought *s = arg;

    s->found = s->addr >= m->start && s->addr < m->end;
    if (s->found)
        *s->m = *m;
    return !s->found;
}

bool find_mapping(pid_t pid, uint64_t addr, struct mapping *m)
{
    struct sought s = {addr, m, false};

    each_mapping(pid, is_there, &s);
    return s.found;
}

uint64_t proc_status(pid_t pid, const char *name, int base)
{
    char path[64], key[40], buf[4096];
    const char *at;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    snprintf(key, sizeof key, "\n%s:", name);
    if (gr_read_file(path, buf, sizeof buf) <= 0 || !(at = strstr(buf, key)))
        return 0;
    return strtoull(at + strlen(key), NULL, base);
}

static bool is_alive(pid_t pid, pid_t tid, void *arg)
{
    pid_t *found = arg;
    char path[64], exe[8];

    snprintf(path, sizeof path, "/proc/%d/task/%d/exe", pid, tid);
    if (readlink(path, exe, sizeof exe) > 0) /* what has ended has no program */
        *found = tid;
    return *found == 0;
}

pid_t live_task(pid_t pid)
{
    pid_t found = 0;

    proc_each_task(pid, is_alive, &found);
    return found;
}

bool under_valgrind(pid_t pid)
{
    char path[64], exe[256];
    ssize_t n;

    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    n = readlink(path, exe, sizeof exe - 1);
    if (n <= 0)
        return false;
    exe[n] = '\0';
    return strstr(exe, "/valgrind/") != NULL || strstr(exe, "/ipcgrind-") != NULL;
}
