/* SPDX-License-Identifier: MIT */
/* Hangs, as facts and not as timeouts: every task of the jail sits in a call without a time
 * limit, and between looks no task used CPU or was scheduled. */
#include "explain.h"
#include "gr_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    QUIET_MS = 400, /* nothing moved for so long: look at every task */
    SURE_MS = 800,  /* and still the same: it is a deadlock */
    STILL_MS = 150, /* the same, where the suite knows that nothing should move */
};

struct look {
    uint64_t switches;
    bool stuck;
};

static bool task_stuck(pid_t pid, pid_t tid, void *arg)
{
    struct look *l = arg;
    char path[64], buf[512];
    const char *paren;
    uint64_t args[6];
    long nr;

    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
    l->stuck = false;
    if (gr_read_file(path, buf, sizeof buf) <= 0)
        return false;
    paren = strrchr(buf, ')');
    if (!paren || !paren[1] || strchr("RDW", paren[2]))
        return false;
    l->switches += proc_switches(pid, tid);
    if (strchr("ZXTt", paren[2])) { /* ended or stopped: moves no more by itself */
        l->stuck = true;
        return true;
    }
    nr = proc_syscall(pid, tid, args);
    l->stuck = nr >= 0 && blocks_forever(pid, nr, args);
    return l->stuck;
}

/* Is every task stuck? Adds what must not change between two looks to @sum. A process is not left
 * out for being a zombie: its first thread may have ended before the others. */
static bool all_stuck(const struct warden *w, const struct proc_table *t, uint64_t *sum)
{
    bool alive = false;

    for (size_t i = 0; i < w->nprograms; i++)
        alive = alive || !w->programs[i].ended;
    if (!alive)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        struct look l = {0};

        if (!proc_each_task(t->p[i].pid, task_stuck, &l))
            return false;
        *sum += l.switches + t->p[i].ticks;
    }
    return true;
}

static bool kernel_may_help(const struct proc_table *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (may_be_woken(t, t->p[i].pid))
            return true;
    return false;
}

static void say_hang(struct warden *w, const struct proc_table *t)
{
    static struct gr_msg m;

    m = (struct gr_msg){.type = GR_EV_BLOCKED, .a = w->quiet_since};
    if (w->watch == GR_WATCH_HANG) {
        explain_waits(w, t, GR_EV_FACT);
        m.type = GR_EV_DEADLOCK;
    }
    say(w, &m, NULL, 0);
    w->watch = GR_WATCH_LIMITS; /* said once; the suite decides what comes next */
}

static void check_hang(struct warden *w, const struct proc_table *t)
{
    int64_t now = gr_now_ms();
    uint64_t sum = t->n;

    if (w->watch == GR_WATCH_LIMITS || !all_stuck(w, t, &sum)) {
        w->quiet_since = 0;
        return;
    }
    if (w->quiet_since == 0 || sum != w->signature) {
        w->signature = sum;
        w->quiet_since = now;
        return;
    }
    if (now - w->quiet_since < (w->watch == GR_WATCH_QUIET ? STILL_MS : SURE_MS))
        return;
    if (kernel_may_help(t))
        w->quiet_since = 0; /* ask again later: a timer may have run out */
    else
        say_hang(w, t);
}

/* Looking at every task is dear: do it only after the cheap sum stood still. */
static bool cheap_quiet(const struct warden *w, const struct proc_table *t)
{
    static uint64_t last;
    static int64_t since;
    uint64_t sum = t->n;

    for (size_t i = 0; i < t->n; i++) {
        if (t->p[i].state == 'R')
            sum += (uint64_t)gr_now_ms();
        sum += t->p[i].ticks * 31 + (uint64_t)t->p[i].pid;
    }
    if (sum != last) {
        last = sum;
        since = gr_now_ms();
    }
    return gr_now_ms() - since >= (w->watch == GR_WATCH_QUIET ? STILL_MS : QUIET_MS);
}

void hang_check(struct warden *w, const struct proc_table *t)
{
    if (cheap_quiet(w, t))
        check_hang(w, t);
    else
        w->quiet_since = 0;
}
