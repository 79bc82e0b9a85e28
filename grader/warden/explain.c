/* SPDX-License-Identifier: MIT */
/* Who waits in which call for what, and who could end the wait: the words behind DEADLOCK. */
#include "warden.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Calls that wait, the argument that limits the wait, and how "no limit" looks there. */
struct waiting_call {
    long nr;
    const char *name;
    int limit_arg; /* -1: the call has no time limit at all */
    bool null_is_forever;
    bool fd_first; /* argument 0 is a descriptor */
};

static const struct waiting_call calls[] = {
    {SYS_read, "read", -1, false, true},
    {SYS_readv, "readv", -1, false, true},
    {SYS_write, "write", -1, false, true},
    {SYS_writev, "writev", -1, false, true},
    {SYS_open, "open", -1, false, false},
    {SYS_openat, "open", -1, false, false},
    {SYS_wait4, "wait", -1, false, false},
    {SYS_waitid, "waitid", -1, false, false},
    {SYS_pause, "pause", -1, false, false},
    {SYS_rt_sigsuspend, "sigsuspend", -1, false, false},
    {SYS_rt_sigtimedwait, "sigwait", 2, true, false},
    {SYS_semop, "semop", -1, false, false},
    {SYS_semtimedop, "semop", 3, true, false},
    {SYS_msgsnd, "msgsnd", -1, false, false},
    {SYS_msgrcv, "msgrcv", -1, false, false},
    {SYS_mq_timedsend, "mq_send", 4, true, true},
    {SYS_mq_timedreceive, "mq_receive", 4, true, true},
    {SYS_futex, "futex", 3, true, false},
    {SYS_accept, "accept", -1, false, true},
    {SYS_accept4, "accept", -1, false, true},
    {SYS_connect, "connect", -1, false, true},
    {SYS_recvfrom, "recv", -1, false, true},
    {SYS_recvmsg, "recvmsg", -1, false, true},
    {SYS_sendto, "send", -1, false, true},
    {SYS_sendmsg, "sendmsg", -1, false, true},
    {SYS_poll, "poll", 2, false, false},
    {SYS_ppoll, "ppoll", 2, true, false},
    {SYS_select, "select", 4, true, false},
    {SYS_pselect6, "pselect", 4, true, false},
    {SYS_epoll_wait, "epoll_wait", 3, false, true},
    {SYS_epoll_pwait, "epoll_wait", 3, false, true},
    {SYS_flock, "flock", -1, false, true},
    {SYS_fcntl, "fcntl(F_SETLKW)", -1, false, true},
    {SYS_splice, "splice", -1, false, true},
};

static const struct waiting_call *find_call(long nr)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].nr == nr)
            return &calls[i];
    return NULL;
}

static bool futex_waits(int op)
{
    op &= FUTEX_CMD_MASK;
    return op == FUTEX_WAIT || op == FUTEX_WAIT_BITSET || op == FUTEX_LOCK_PI;
}

bool blocks_forever(pid_t pid, long nr, const uint64_t args[6])
{
    const struct waiting_call *c = find_call(nr);
    char target[256];

    if (!c)
        return false;
    if (nr == SYS_futex && !futex_waits((int)args[1]))
        return false;
    if (c->limit_arg >= 0 && c->null_is_forever)
        return args[c->limit_arg] == 0;
    if (c->limit_arg >= 0)
        return (int)args[c->limit_arg] < 0;
    /* A timerfd wakes its reader by itself. */
    return !(c->fd_first && proc_fd_target(pid, (int)args[0], target, sizeof target) &&
             strstr(target, "timerfd"));
}

struct text {
    char buf[512];
    size_t len;
};

static void __attribute__((format(printf, 2, 3))) put(struct text *t, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(t->buf + t->len, sizeof t->buf - t->len, fmt, ap);
    va_end(ap);
    if (n > 0)
        t->len += (size_t)n < sizeof t->buf - t->len ? (size_t)n : sizeof t->buf - t->len - 1;
}

/* Add every process that holds the other end of @target, with the descriptor's number. */
static int put_holders(struct text *out, const struct proc_table *t, const char *target, int mode,
                       pid_t waiter)
{
    int holders = 0;

    for (size_t i = 0; i < t->n; i++) {
        char dir[64], other[256];
        struct dirent *e;
        DIR *d;

        snprintf(dir, sizeof dir, "/proc/%d/fd", t->p[i].pid);
        d = opendir(dir);
        while (d && (e = readdir(d))) {
            int fd = atoi(e->d_name), m;

            if (e->d_name[0] == '.' || !proc_fd_target(t->p[i].pid, fd, other, sizeof other) ||
                strcmp(other, target) != 0)
                continue;
            m = proc_fd_mode(t->p[i].pid, fd);
            if (m != mode && m != O_RDWR)
                continue;
            if (holders++ < 4)
                put(out, "%s%s (pid %d%s) as fd %d", holders > 1 ? ", " : "", t->p[i].comm,
                    t->p[i].pid, t->p[i].pid == waiter ? ", itself" : "", fd);
        }
        if (d)
            closedir(d);
    }
    if (holders > 4)
        put(out, " and %d more", holders - 4);
    return holders;
}

static void put_pipe(struct text *out, const struct proc_table *t, const struct proc *p,
                     const char *call, int fd, const char *target)
{
    bool reads = call[0] == 'r';
    struct text who = {.len = 0};
    int n = put_holders(&who, t, target, reads ? O_WRONLY : O_RDONLY, p->pid);

    put(out, "%s (pid %d) waits in %s(fd %d) on %s: ", p->comm, p->pid, call, fd, target);
    if (reads && n)
        put(out,
            "it will see no end of file while a write end is open, and %s hold%s one: %s. "
            "Close it there.",
            n == 1 ? "one process" : "these", n == 1 ? "s" : "", who.buf);
    else if (reads)
        put(out, "no program in the jail holds its write end; the grader does.");
    else
        put(out, "the pipe is full, and its read end is held by %s, who does not read.",
            n ? who.buf : "the grader");
}

static void explain_one(const struct proc_table *t, const struct proc *p, long nr,
                        const uint64_t args[6], struct text *out)
{
    const struct waiting_call *c = find_call(nr);
    char target[256] = "";

    if (p->state == 'T') {
        put(out, "%s (pid %d) is stopped by a signal", p->comm, p->pid);
        return;
    }
    if (!c) {
        put(out, "%s (pid %d) is in system call %ld", p->comm, p->pid, nr);
        return;
    }
    if (c->fd_first)
        proc_fd_target(p->pid, (int)args[0], target, sizeof target);
    if (strncmp(target, "pipe:", 5) == 0 && (nr == SYS_read || nr == SYS_write)) {
        put_pipe(out, t, p, c->name, (int)args[0], target);
        return;
    }
    put(out, "%s (pid %d) waits in %s(", p->comm, p->pid, c->name);
    if (c->fd_first)
        put(out, "fd %d) on %s", (int)args[0], target);
    else
        put(out, ")");
    if (nr == SYS_wait4 || nr == SYS_waitid) {
        put(out, " for a child:");
        for (size_t i = 0; i < t->n; i++)
            if (t->p[i].ppid == p->pid)
                put(out, " %s (pid %d%s)", t->p[i].comm, t->p[i].pid,
                    t->p[i].state == 'Z' ? ", already ended" : "");
    }
}

struct telling {
    struct warden *w;
    const struct proc_table *t;
    const struct proc *p;
    uint32_t type;
};

static bool tell_task(pid_t pid, pid_t tid, void *arg)
{
    const struct telling *tell = arg;
    const struct program *owner = program_by_session(tell->w, tell->p->sid);
    struct gr_fact f = {.kind = GR_FACT_WAIT, .pid = pid, .program = owner ? (int)owner->id : 0};
    struct text out = {.len = 0};
    uint64_t args[6] = {0};
    long nr = proc_syscall(pid, tid, args);

    explain_one(tell->t, tell->p, nr, args, &out);
    snprintf(f.name, sizeof f.name, "%s", tell->p->comm);
    snprintf(f.text, sizeof f.text, "%s", out.buf);
    say_fact(tell->w, tell->type, &f);
    return true;
}

void explain_waits(struct warden *w, const struct proc_table *t, uint32_t type)
{
    for (size_t i = 0; i < t->n && i < 32; i++) {
        struct telling tell = {w, t, &t->p[i], type};

        if (t->p[i].state != 'Z')
            proc_each_task(t->p[i].pid, tell_task, &tell);
    }
}
