/* SPDX-License-Identifier: MIT */
/* The look around: limits of the whole jail, a state the suite waits for, and hangs (hang.c). The
 * price of a look bounds how often it is taken: at most a fiftieth of one core. */
#include "gr_io.h"
#include "warden.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK_MS = 100,
    CLOSE_TICK_MS = 40, /* while the suite waits for stillness */
};

static struct proc_table table;

int64_t watch_cpu_ms(const struct proc_table *t)
{
    static long hz;
    struct rusage ru;
    uint64_t ticks = 0;

    if (!hz)
        hz = sysconf(_SC_CLK_TCK);
    for (size_t i = 0; i < t->n; i++)
        ticks += t->p[i].ticks + t->p[i].child_ticks;
    getrusage(RUSAGE_CHILDREN, &ru);
    return gr_cpu_ms(&ru) + (int64_t)(ticks * 1000 / (uint64_t)hz);
}

/* Proportional set size: pages that forked processes share count once. Dearer than RSS. */
static int64_t pss_kib(const struct proc_table *t)
{
    char path[64], buf[2048];
    int64_t kib = 0;

    for (size_t i = 0; i < t->n; i++) {
        const char *pss;

        snprintf(path, sizeof path, "/proc/%d/smaps_rollup", t->p[i].pid);
        if (gr_read_file(path, buf, sizeof buf) > 0 && (pss = strstr(buf, "\nPss:")))
            kib += strtoll(pss + 5, NULL, 10);
    }
    return kib;
}

static int64_t memory_kib(const struct warden *w, const struct proc_table *t)
{
    int64_t kib = 0;

    for (size_t i = 0; i < t->n; i++)
        kib += t->p[i].rss_pages * (sysconf(_SC_PAGESIZE) / 1024);
    return kib > w->rss_limit_kib ? pss_kib(t) : kib;
}

static void check_limits(struct warden *w, const struct proc_table *t)
{
    static struct gr_msg m;
    int64_t cpu = watch_cpu_ms(t), kib = w->rss_limit_kib ? memory_kib(w, t) : 0;
    int which = 0;

    if (kib > w->rss_limit_kib)
        which = GR_LIMIT_MEM;
    else if (w->cpu_limit_ms && cpu > w->cpu_limit_ms)
        which = GR_LIMIT_CPU;
    if (!which || w->limit_said)
        return;
    w->limit_said = true;
    m = (struct gr_msg){.type = GR_EV_LIMIT, .value = which, .a = cpu, .b = kib};
    say(w, &m, NULL, 0);
}

struct wanted {
    const struct warden *w;
    bool found;
};

static bool is_wanted(pid_t pid, pid_t tid, void *arg)
{
    struct wanted *want = arg;
    uint64_t args[6];
    long nr = proc_syscall(pid, tid, args);

    want->found = nr >= 0 && (nr == want->w->want_nr || want->w->want_nr == GR_ANY_CALL) &&
                  (want->w->want_fd == -1 || (int)args[0] == want->w->want_fd);
    return !want->found;
}

static void check_wanted(struct warden *w, const struct proc_table *t)
{
    static struct gr_msg m;
    struct wanted want = {.w = w};

    for (size_t i = 0; i < t->n && !want.found; i++)
        if ((w->want_pid == 0 || w->want_pid == t->p[i].pid) && t->p[i].state == 'S')
            proc_each_task(t->p[i].pid, is_wanted, &want);
    if (!want.found)
        return;
    w->want_nr = -1;
    m = (struct gr_msg){.type = GR_EV_BLOCKED, .pid = w->want_pid};
    say(w, &m, NULL, 0);
}

/* When to look again: soon if a state is waited for; never so often that it costs. */
static int64_t pause_after(const struct warden *w, int64_t cost_us)
{
    int64_t ms = w->watch == GR_WATCH_QUIET ? CLOSE_TICK_MS : TICK_MS;

    if (w->want_nr >= 0)
        return 1 + cost_us / 1000;
    if (cost_us * 50 / 1000 > ms)
        ms = cost_us * 50 / 1000;
    return ms < 500 ? ms : 500;
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void watch_tick(struct warden *w)
{
    int64_t begin = now_us();

    proc_scan(w, &table);
    if (w->want_nr >= 0)
        check_wanted(w, &table);
    if (!w->bare)
        check_limits(w, &table);
    hang_check(w, &table);
    w->next_tick = gr_now_ms() + pause_after(w, now_us() - begin);
}
