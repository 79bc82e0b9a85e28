/* SPDX-License-Identifier: MIT */
/* The look around: limits of the whole jail, a state the suite waits for, and hangs.
 *
 * A hang is a fact, not a timeout: every task of the jail sits in a call without a time limit,
 * and between looks no task used CPU or was scheduled. The price of a look bounds how often it
 * is taken: at most a fortieth of one core. */
#include "gr_io.h"
#include "warden.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK_MS = 100,
    CLOSE_TICK_MS = 40, /* while the suite waits for stillness */
    QUIET_MS = 400,     /* nothing moved for so long: look at every task */
    SURE_MS = 800,      /* and still the same: it is a deadlock */
    DOUBT_MS = 3000,    /* the same, where an alarm cannot be ruled out (Valgrind) */
    STILL_MS = 150,     /* the same, where the suite knows that nothing should move */
};

static struct proc_table table;

static int64_t timeval_ms(struct timeval t)
{
    return t.tv_sec * 1000 + t.tv_usec / 1000;
}

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
    return timeval_ms(ru.ru_utime) + timeval_ms(ru.ru_stime) +
           (int64_t)(ticks * 1000 / (uint64_t)hz);
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
    if (!paren || strchr("RDW", paren[2]))
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

/* A POSIX timer or a caught SIGALRM may yet wake a process: then it is not called dead. Valgrind
 * catches every signal in its program's place: there the mask proves nothing, and @doubt asks for
 * more patience instead. */
static bool may_be_woken(const struct proc *p, bool *doubt)
{
    pid_t pid = p->pid;
    char path[64], buf[4096];
    const char *caught;

    snprintf(path, sizeof path, "/proc/%d/timers", pid);
    if (gr_read_file(path, buf, sizeof buf) > 0)
        return true;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    if (gr_read_file(path, buf, sizeof buf) <= 0)
        return false;
    caught = strstr(buf, "\nSigCgt:");
    if (!caught || !(strtoull(caught + 8, NULL, 16) >> (SIGALRM - 1) & 1))
        return false;
    *doubt = true;
    return strncmp(p->comm, "memcheck", 8) != 0;
}

/* Is every task stuck? Adds what must not change between two looks to @sum. */
static bool all_stuck(const struct warden *w, const struct proc_table *t, uint64_t *sum,
                      bool *doubt)
{
    bool alive = false;

    for (size_t i = 0; i < w->nprograms; i++)
        alive = alive || !w->programs[i].ended;
    if (!alive)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        struct look l = {0};

        if (t->p[i].state == 'Z')
            continue;
        if (!proc_each_task(t->p[i].pid, task_stuck, &l) || may_be_woken(&t->p[i], doubt))
            return false;
        *sum += l.switches + t->p[i].ticks;
    }
    return true;
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
    bool doubt = false;
    int enough;

    if (w->watch == GR_WATCH_LIMITS || !all_stuck(w, t, &sum, &doubt)) {
        w->quiet_since = 0;
        return;
    }
    if (w->quiet_since == 0 || sum != w->signature) {
        w->signature = sum;
        w->quiet_since = now;
        return;
    }
    enough = w->watch == GR_WATCH_QUIET ? STILL_MS : doubt ? DOUBT_MS : SURE_MS;
    if (now - w->quiet_since >= enough)
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
    if (cheap_quiet(w, &table))
        check_hang(w, &table);
    else
        w->quiet_since = 0;
    w->next_tick = gr_now_ms() + pause_after(w, now_us() - begin);
}
