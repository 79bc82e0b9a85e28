/* SPDX-License-Identifier: MIT */
/* Reading /proc: who is there, what each task does, where a descriptor leads (proc(5)). */
#include "gr_io.h"
#include "warden.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool proc_read(pid_t pid, struct proc *p)
{
    char path[64], buf[1024], *open_paren, *close_paren;
    unsigned long long ut, st;
    long long cut, cst;
    size_t n;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    if (gr_read_file(path, buf, sizeof buf) <= 0)
        return false;
    /* The name may hold anything, also ") R 1": it ends at the last parenthesis. */
    open_paren = strchr(buf, '(');
    close_paren = strrchr(buf, ')');
    if (!open_paren || !close_paren)
        return false;
    *p = (struct proc){.pid = pid};
    n = (size_t)(close_paren - open_paren - 1);
    memcpy(p->comm, open_paren + 1, n < 16 ? n : 16);
    if (sscanf(close_paren + 1,
               " %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld %*d %*d %*d %*d %*u "
               "%*u %ld",
               &p->state, &p->ppid, &p->sid, &ut, &st, &cut, &cst, &p->rss_pages) != 8)
        return false;
    p->ticks = ut + st;
    p->child_ticks = (uint64_t)(cut + cst);
    return true;
}

/* Without a pid namespace: keep only what descends from the warden. */
static void keep_descendants(struct proc_table *t)
{
    pid_t self = getpid();
    bool mine[MAX_PROCS] = {false};
    bool changed = true;
    size_t kept = 0;

    while (changed) {
        changed = false;
        for (size_t i = 0; i < t->n; i++) {
            bool child = t->p[i].ppid == self;

            for (size_t k = 0; !child && k < t->n; k++)
                child = mine[k] && t->p[k].pid == t->p[i].ppid;
            if (child && !mine[i])
                changed = mine[i] = true;
        }
    }
    for (size_t i = 0; i < t->n; i++)
        if (mine[i])
            t->p[kept++] = t->p[i];
    t->n = kept;
}

void proc_scan(const struct warden *w, struct proc_table *t)
{
    DIR *d = opendir("/proc");
    struct dirent *e;

    t->n = 0;
    if (!d)
        return;
    while ((e = readdir(d)) && t->n < MAX_PROCS) {
        pid_t pid = isdigit((unsigned char)e->d_name[0]) ? atoi(e->d_name) : 0;

        if (pid > 0 && pid != getpid() && proc_read(pid, &t->p[t->n]))
            t->n++;
    }
    closedir(d);
    if (!w->isolated)
        keep_descendants(t);
}

long proc_syscall(pid_t pid, pid_t tid, uint64_t args[6])
{
    char path[64], buf[256];
    long nr;

    snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", pid, tid);
    if (gr_read_file(path, buf, sizeof buf) <= 0 || !isdigit((unsigned char)buf[0]))
        return -1;
    if (sscanf(buf, "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64, &nr,
               &args[0], &args[1], &args[2], &args[3], &args[4], &args[5]) != 7)
        return -1;
    return nr;
}

bool proc_fd_target(pid_t pid, int fd, char *buf, size_t len)
{
    char path[64];
    ssize_t n;

    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
    n = readlink(path, buf, len - 1);
    if (n < 0)
        return false;
    buf[n] = '\0';
    return true;
}

int proc_fd_mode(pid_t pid, int fd)
{
    char path[64], buf[512];
    const char *flags;

    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", pid, fd);
    if (gr_read_file(path, buf, sizeof buf) <= 0)
        return -1;
    flags = strstr(buf, "flags:");
    return flags ? (int)(strtol(flags + 6, NULL, 8) & O_ACCMODE) : -1;
}

bool proc_each_task(pid_t pid, bool (*visit)(pid_t pid, pid_t tid, void *arg), void *arg)
{
    char path[64];
    struct dirent *e;
    bool go_on = true;
    DIR *d;

    snprintf(path, sizeof path, "/proc/%d/task", pid);
    d = opendir(path);
    if (!d)
        return true; /* gone meanwhile: nothing to object to */
    while (go_on && (e = readdir(d)))
        if (isdigit((unsigned char)e->d_name[0]))
            go_on = visit(pid, atoi(e->d_name), arg);
    closedir(d);
    return go_on;
}

uint64_t proc_switches(pid_t pid, pid_t tid)
{
    char path[64], buf[4096];
    const char *a, *b;

    snprintf(path, sizeof path, "/proc/%d/task/%d/status", pid, tid);
    if (gr_read_file(path, buf, sizeof buf) <= 0)
        return 0;
    a = strstr(buf, "\nvoluntary_ctxt_switches:");
    b = strstr(buf, "\nnonvoluntary_ctxt_switches:");
    return (a ? strtoull(a + 25, NULL, 10) : 0) + (b ? strtoull(b + 28, NULL, 10) : 0);
}
