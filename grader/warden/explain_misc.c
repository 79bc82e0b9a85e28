/* SPDX-License-Identifier: MIT */
/* Children, file locks, signals. */
#include "explain.h"
#include "gr_io.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Can the call of @w be ended by the end of @child? */
static bool waits_for(const struct waiter *w, const struct proc *child)
{
    int pid = (int)w->args[0];

    if (child->ppid != w->p->pid)
        return false;
    if (w->nr == SYS_waitid)
        return (int)w->args[0] != P_PID || (int)w->args[1] == child->pid;
    return pid <= 0 || pid == child->pid;
}

/* What the first thread of @pid is in, as "which itself waits in read()". */
static void put_state(const struct picture *pic, struct text *out, const struct proc *p)
{
    for (size_t i = 0; i < pic->n; i++) {
        const struct waiter *v = &pic->waiters[i];
        const struct waiting_call *c = find_call(v->nr);

        if (v->p != p || !c || v->state == 'T')
            continue;
        if (c->fd_first)
            put(out, ", which itself waits in %s(fd %d)", c->name, (int)v->args[0]);
        else
            put(out, ", which itself waits in %s()", c->name);
        return;
    }
    if (p->state == 'T')
        put(out, ", which is stopped");
}

void explain_child(const struct picture *pic, struct waiter *w)
{
    size_t n = 0;

    put(&w->text, "%s waits in %s() for ", who_waits(w),
        w->nr == SYS_wait4 && (int)w->args[0] > 0 ? "waitpid" : "wait");
    for (size_t i = 0; i < pic->t->n; i++) {
        const struct proc *child = &pic->t->p[i];

        if (!waits_for(w, child) || child->state == 'Z')
            continue;
        if (n++ >= 4)
            continue;
        put(&w->text, "%s%s", n == 1 ? "the end of its child " : ", or of ", who(pic, child->pid));
        put_state(pic, &w->text, child);
        add_link(w, child->pid, "waits for its child", "to end");
    }
    put(&w->text, n == 0 ? "a child." : n > 4 ? ", or of one of %zu more." : ".", n - 4);
}

struct lock_line {
    pid_t pid;
    char kind[16], mode[16];
};

/* The holder of the lock of /proc/locks that stands before "->", on the file with @ino. */
static bool find_lock(uint64_t ino, const char *kind, struct lock_line *l)
{
    char line[256], want[32];
    bool found = false;
    FILE *f = fopen("/proc/locks", "re");

    snprintf(want, sizeof want, ":%" PRIu64 " ", ino);
    while (f && !found && fgets(line, sizeof line, f))
        found = !strstr(line, "->") && strstr(line, want) &&
                sscanf(line, "%*s %15s %*s %15s %d", l->kind, l->mode, &l->pid) == 3 &&
                strcmp(l->kind, kind) == 0;
    if (f)
        fclose(f);
    return found;
}

void explain_lock(const struct picture *pic, struct waiter *w)
{
    int fd = (int)w->args[0];
    bool record = w->nr == SYS_fcntl;
    const struct open_fd *o = fd_of(pic, w->p->pid, fd);
    char file[256] = "a file", before[96];
    struct lock_line l;

    proc_fd_target(w->p->pid, fd, file, sizeof file);
    put(&w->text, "%s waits in %s(fd %d%s) for the lock on %.120s", who_waits(w),
        record ? "fcntl" : "flock", fd, record ? ", F_SETLKW" : "", file);
    if (!o || !find_lock(o->ino, record ? "POSIX" : "FLOCK", &l)) {
        put(&w->text, "; who holds it cannot be told.");
        return;
    }
    if (l.pid <= 0) {
        put(&w->text, "; it belongs to an open file, not to a process, and cannot be followed.");
        return;
    }
    put(&w->text, ". %s holds it%s.", who(pic, l.pid),
        l.pid == w->p->pid ? " itself, by another descriptor" : "");
    snprintf(before, sizeof before, "waits for the lock on %.60s, which", file);
    add_link(w, l.pid, before, "holds");
}

/* "SIGUSR1, SIGTERM" for the signals of @set. */
static void put_signals(struct text *out, uint64_t set)
{
    int n = 0;

    for (int sig = 1; sig < 32; sig++) {
        const char *name = set >> (sig - 1) & 1 ? sigabbrev_np(sig) : NULL;

        if (name && n++ < 6)
            put(out, "%sSIG%s", n == 1 ? "" : ", ", name);
    }
    put(out, n > 6 ? ", and %d more" : n == 0 ? "a signal" : "", n - 6);
}

void explain_signal(const struct picture *pic, struct waiter *w)
{
    uint64_t mask = 0, wake;
    bool have = w->args[0] && w->nr != SYS_pause && peek(w->tid, w->args[0], &mask, sizeof mask);
    const struct waiting_call *c = find_call(w->nr);

    /* Under Valgrind the caught signals are the tool's own. */
    wake = under_valgrind(w->p->pid) ? 0 : proc_status(w->p->pid, "SigCgt", 16);
    if (w->nr == SYS_rt_sigtimedwait)
        wake = have ? mask : 0;
    else if (have)
        wake &= ~mask;
    put(&w->text, "%s waits in %s() for ", who_waits(w), c->name);
    put_signals(&w->text, wake);
    put(&w->text, ", and none comes. A signal that came before the wait began does not end it, "
                  "unless it was blocked until then (sigsuspend, sigwait).");
    put_unread_queues(pic, w);
}
