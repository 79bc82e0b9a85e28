/* SPDX-License-Identifier: MIT */
/* Children that end: programs we started, and orphans that became ours because the process that
 * should have waited for them did not. Looked at before they are reaped (WNOWAIT), while /proc
 * still knows their name and session. */
#include "gr_io.h"
#include "warden.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* pids already reported, so that one orphan is one fact */
static pid_t told[MAX_PROCS];
static size_t ntold;

static bool first_time(pid_t pid)
{
    for (size_t i = 0; i < ntold; i++)
        if (told[i] == pid)
            return false;
    if (ntold < MAX_PROCS)
        told[ntold++] = pid;
    return true;
}

static void tell_unwaited(struct warden *w, const struct proc *p, const struct program *owner)
{
    struct gr_fact f = {.kind = p->state == 'Z' ? GR_FACT_ZOMBIE : GR_FACT_ORPHAN,
                        .pid = p->pid,
                        .program = owner ? (int32_t)owner->id : 0};

    if (!first_time(p->pid))
        return;
    snprintf(f.name, sizeof f.name, "%s", p->comm);
    snprintf(f.text, sizeof f.text,
             f.kind == GR_FACT_ZOMBIE ? "%s (pid %d) ended, and nobody waited for it"
                                      : "%s (pid %d) still ran when the program that made it ended",
             p->comm, p->pid);
    say_fact(w, GR_EV_FACT, &f);
}

/* What lives on in the session of a program that just ended was not waited for. */
static void tell_session(struct warden *w, const struct program *owner)
{
    static struct proc_table t;

    proc_scan(w, &t);
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i].sid == owner->pid && t.p[i].pid != owner->pid)
            tell_unwaited(w, &t.p[i], owner);
}

static void tell_exit(struct warden *w, struct program *owner, const struct proc *p, int status,
                      const struct rusage *ru)
{
    static struct gr_msg m;

    owner->ended = true;
    if (w->want_pid == owner->pid)
        w->want_nr = -1; /* what the suite waited to see cannot come any more */
    m = (struct gr_msg){.type = GR_EV_EXIT, .id = owner->id, .pid = owner->pid, .value = status};
    m.a = gr_cpu_ms(ru);
    /* The kernel's name of the process at its end: the suite tells an untraced exec by it. */
    m.len = sizeof p->comm;
    memcpy(m.payload, p->comm, sizeof p->comm);
    say(w, &m, NULL, 0);
}

void reap(struct warden *w)
{
    for (;;) {
        siginfo_t si = {0};
        struct proc p = {0};
        struct program *owner;
        struct rusage ru;
        int status;

        if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1 || si.si_pid == 0)
            return;
        p.pid = si.si_pid;
        if (!w->bare)
            proc_read(si.si_pid, &p);
        owner = program_by_session(w, si.si_pid);
        if (owner && !w->bare)
            tell_session(w, owner);
        else if (!owner && !w->bare && p.sid != getpid())
            tell_unwaited(w, &p, program_by_session(w, p.sid));
        if (wait4(si.si_pid, &status, 0, &ru) == si.si_pid && owner)
            tell_exit(w, owner, &p, status, &ru);
    }
}

/* Stop all that run, until none is left that could fork while we look: a bomb outruns SIGKILL. */
static void stop_all(struct warden *w, struct proc_table *t)
{
    size_t running = 1;

    for (int round = 0; running > 0 && round < 200; round++) {
        running = 0;
        proc_scan(w, t);
        for (size_t i = 0; i < t->n; i++)
            if (!strchr("TtZX", t->p[i].state) && kill(t->p[i].pid, SIGSTOP) == 0)
                running++;
    }
}

/* SIGKILL to all of the jail. In a pid namespace -1 is exactly that, and we are exempt. */
static void kill_once(struct warden *w)
{
    static struct proc_table t;

    if (w->isolated) {
        kill(-1, SIGKILL);
        return;
    }
    stop_all(w, &t);
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i].state != 'Z')
            kill(t.p[i].pid, SIGKILL);
}

void kill_all(struct warden *w)
{
    int64_t deadline = gr_now_ms() + 5000;

    while (gr_now_ms() < deadline) {
        siginfo_t si = {0};

        kill_once(w);
        while (waitid(P_ALL, 0, &si, WEXITED | WNOHANG) == 0 && si.si_pid != 0)
            si.si_pid = 0;
        if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD)
            return;
        poll(NULL, 0, 1); /* a dying process needs the processor once more */
    }
}
