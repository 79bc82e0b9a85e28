/* SPDX-License-Identifier: MIT */
/* ptrace(2) on a busy thread, for some of its processor time: which calls, with what result. It has
 * been judged by then, so that stopping it here and there does no harm. */
#include "gr_io.h"
#include "spin.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRACE_CPU_MS = 50, TRACE_MS = 10000, STOP_MS = 10000, MAX_STOPS = 400 };

/* Wait until @tid stops, without reaping it if it ends. Return: false if it does not by @until. */
static bool wait_stop(pid_t tid, int64_t until, int *status)
{
    sigset_t chld;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    for (;;) {
        struct timespec ms = {.tv_nsec = 1000000};
        siginfo_t si = {0};

        if (waitid(P_PID, (id_t)tid, &si, WSTOPPED | WNOHANG | __WALL) == -1)
            return false;
        if (si.si_pid == tid) {
            *status = si.si_status;
            return true;
        }
        if (gr_now_ms() >= until)
            return false;
        if (sigtimedwait(&chld, NULL, &ms) == -1 && errno != EAGAIN && errno != EINTR)
            return false;
    }
}

/* Valgrind sets signal masks around each call and polls for signals, and its lock is a pipe at the
 * numbers it has added to the program's limit of descriptors. */
static bool tools_own(const struct proc *p, const struct spun_call *c)
{
    enum { TOOL_FDS = 12 };
    struct rlimit r;

    if (!under_valgrind(p->pid))
        return false;
    if (c->nr == SYS_rt_sigprocmask || c->nr == SYS_gettid || c->nr == SYS_tgkill ||
        (c->nr == SYS_rt_sigtimedwait && c->result == -EAGAIN))
        return true;
    return (c->nr == SYS_read || c->nr == SYS_write) &&
           prlimit(p->pid, RLIMIT_NOFILE, NULL, &r) == 0 &&
           c->arg0 + TOOL_FDS >= (int64_t)r.rlim_cur;
}

static void count_call(struct spun *s, const struct spun_call *c)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->calls[i].nr == c->nr && s->calls[i].arg0 == c->arg0) {
            s->calls[i].count++;
            s->calls[i].result = c->result;
            return;
        }
    if (s->n < MAX_CALLS)
        s->calls[s->n++] = *c;
}

/* A stop at the entry or the end of a call. */
static void on_call(const struct proc *p, pid_t tid, struct spun_call *c, struct spun *s)
{
    struct __ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof info, &info) <= 0)
        return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        *c = (struct spun_call){.nr = (long)info.entry.nr,
                                .arg0 = (int64_t)info.entry.args[0],
                                .arg2 = (int64_t)info.entry.args[2],
                                .count = 1};
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && c->nr >= 0) {
        c->result = info.exit.rval;
        if (!tools_own(p, c))
            count_call(s, c);
        c->nr = -1;
    }
}

/* Processor time of @tid in ms. */
static uint64_t cpu_of(const struct proc *p, pid_t tid)
{
    char path[64], buf[128];

    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", p->pid, tid);
    return gr_read_file(path, buf, sizeof buf) > 0 ? strtoull(buf, NULL, 10) / 1000000 : 0;
}

/* The next stop of @tid, or the end of the time in which to look at it: how much that is depends on
 * the turns it gets. */
static bool next_stop(const struct proc *p, pid_t tid, uint64_t enough, int64_t until, int *status)
{
    int64_t now;

    while ((now = gr_now_ms()) < until) {
        if (wait_stop(tid, now + 20, status))
            return true;
        if (cpu_of(p, tid) >= enough)
            return false;
    }
    return false;
}

static void follow(const struct proc *p, pid_t tid, struct spun *s)
{
    int64_t until = gr_now_ms() + TRACE_MS;
    uint64_t enough = cpu_of(p, tid) + TRACE_CPU_MS;
    struct spun_call c = {.nr = -1};
    int status = 0, signal = 0;

    for (int stops = 0; stops < MAX_STOPS; stops++) {
        if (ptrace(PTRACE_SYSCALL, tid, NULL, (void *)(intptr_t)signal) == -1 ||
            !next_stop(p, tid, enough, until, &status))
            break;
        signal = 0;
        if (status == (SIGTRAP | 0x80))
            on_call(p, tid, &c, s);
        else if (status >> 8 == 0)
            signal = status & 0x7f; /* on its way to the program: hand it over */
    }
}

/* Let go. A thread that ended meanwhile and is not our child must be handed on to its parent. */
static void detach(const struct proc *p, pid_t tid)
{
    siginfo_t si = {0};
    int status;

    if (ptrace(PTRACE_DETACH, tid, NULL, NULL) == 0)
        return;
    if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0 &&
        wait_stop(tid, gr_now_ms() + STOP_MS, &status) &&
        ptrace(PTRACE_DETACH, tid, NULL, NULL) == 0)
        return;
    if (p->ppid != getpid())
        waitid(P_PID, (id_t)tid, &si, WEXITED | WNOHANG | __WALL);
}

void spin_trace(const struct proc *p, pid_t tid, struct spun *s)
{
    int status;

    if (ptrace(PTRACE_SEIZE, tid, NULL, (void *)PTRACE_O_TRACESYSGOOD) == -1)
        return;
    s->traced = true;
    if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0 &&
        wait_stop(tid, gr_now_ms() + STOP_MS, &status))
        follow(p, tid, s);
    detach(p, tid);
}
