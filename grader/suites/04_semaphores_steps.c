/* SPDX-License-Identifier: MIT */
/* Lab 04: programs stepped by their hooks, and what is expected of each step. */
#include "04_semaphores.h"
#include "gr_race.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Calls after which somebody else may go on, or before which this process waits. */
static const char waits[] = "sem_wait,sem_timedwait,sem_trywait,sem_post,sem_getvalue,semop,"
                            "semtimedop,pthread_cond_wait";
static const char interruptible[] = "sem_wait,sem_timedwait,semop,semtimedop";
/* Seen in every run with hooks: names that an earlier run may have left, and waits for a time. */
static const char noted[] = "sem_open,sleep,usleep,nanosleep,clock_nanosleep,sem_timedwait,"
                            "pthread_cond_timedwait,poll,ppoll,select,pselect";

const struct gr_inject noting = {.trace = noted};

enum { MANY_WAITS = 12 };

/* Cut @line, of at most 160 bytes, at its blanks. */
static void cut(const char *line, char store[160], const char *argv[MAX_ARGV + 1])
{
    size_t n = 0;
    char *save = NULL;

    snprintf(store, 160, "%s", line);
    for (char *w = strtok_r(store, " ", &save); w && n < MAX_ARGV; w = strtok_r(NULL, " ", &save))
        argv[n++] = w;
    argv[n] = NULL;
}

struct steps start_prog(struct gr_run *r, const char *line, struct gr_prog prog)
{
    struct steps t = {.r = r, .s = gr_scene(r)};
    const char *argv[MAX_ARGV + 1];
    char store[160];

    cut(line, store, argv);
    prog.argv = argv;
    gr_scene_pump(t.s, 0); /* the last lines of the run before */
    t.from = t.s->calls.len;
    t.p = gr_run_prog(r, &prog);
    return t;
}

static struct steps start(struct gr_run *r, const char *line, const struct gr_inject *in)
{
    return start_prog(r, line, (struct gr_prog){.inject = in});
}

struct steps start_steps(struct gr_run *r, const char *line, const char *const *rules)
{
    return start(r, line, &(struct gr_inject){.hooks = true, .trace = noted, .rules = rules});
}

struct steps start_shaken(struct gr_run *r, const char *line)
{
    /* What a program decides by a value that it asked for is old when it acts. */
    static const char *const rules[] = {"delay=before:sem_getvalue:3ms",
                                        "delay=after:sem_getvalue:3ms", NULL};
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30),
                                 .hooks = true,
                                 .jitter = 30,
                                 .jitter_us = 2000,
                                 .calls = waits,
                                 .trace = "sem_getvalue",
                                 .rules = rules};

    return start(r, line, &in);
}

struct steps start_interrupted(struct gr_run *r, const char *line)
{
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30),
                                 .hooks = true,
                                 .eintr = 40,
                                 .assume_handler = true,
                                 .calls = interruptible};

    return start(r, line, &in);
}

struct steps start_denied(struct gr_run *r, const char *line, const char *const *rules)
{
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30),
                                 .hooks = true,
                                 .eintr = 100, /* three times, then it waits */
                                 .assume_handler = true,
                                 .calls = interruptible,
                                 .trace = noted,
                                 .rules = rules};

    return start(r, line, &in);
}

struct gr_proc *start_bare(struct gr_run *r, const char *line)
{
    return start(r, line, NULL).p;
}

struct gr_proc *run_bare(struct gr_run *r, const char *line)
{
    struct gr_proc *p = start_bare(r, line);

    gr_expect_exit(r, p, 0);
    return p;
}

/* How many threads has the program if it is one process? Otherwise 0. */
static int threads_of_one(const struct steps *t, int *pid)
{
    const struct gr_fact *f;
    size_t from = 0;
    int n = 0;

    *pid = 0;
    gr_snapshot(t->s);
    while ((f = gr_fact(t->s, GR_FACT_WAIT, &from))) {
        if (f->pid == 0 || f->program != (int)t->p->id)
            continue;
        if (*pid != 0 && f->pid != *pid)
            return 0;
        *pid = f->pid;
        n++;
    }
    return n;
}

/* Whoever is held stands still as a whole process: with threads nothing could be seen. */
static void expect_processes(const struct steps *t)
{
    int pid, n = 0;

    if (!t->p->ended && gr_anybody_held(t->s))
        n = threads_of_one(t, &pid);
    gr_forget_facts(t->s, GR_FACT_WAIT);
    if (n > 1)
        gr_fail(t->r, GR_FAIL,
                "`%s` is one process (pid %d) with %d threads: each of those who wait for each "
                "other must be a process of its own, made by fork (README, \"Processes, not "
                "threads\")",
                t->p->command, pid, n);
}

/* The step did not come: because it ended, because the hook is missing, or for the reason @why. */
static _Noreturn void no_step(const struct steps *t, const char *what, const char *kind,
                              const char *why)
{
    gr_expect_going(t->r);
    expect_processes(t);
    if (t->p->ended && t->p->status != 0)
        gr_expect_exit(t->r, t->p, 0);
    if (t->p->ended && gr_hooks_since(&t->s->calls, t->from, what, kind, -1) == 0)
        gr_fail(
            t->r, GR_FAIL,
            "`%s` ended without a call of kit_%s(\"%s\", ..): the contract says where each hook "
            "stands; without it nothing can be seen here",
            t->p->command, what, kind);
    gr_snapshot(t->s);
    if (!t->p->ended && !gr_anybody_held(t->s))
        gr_fail(t->r, GR_DEADLOCK, "`%s`: every process waits, and none can go on", t->p->command);
    gr_fail(t->r, GR_FAIL, "`%s`: %s", t->p->command, why);
}

/* "enter.read.0" -> "enter", "read" */
static void take_apart(const char *place, char what[8], char kind[28])
{
    if (sscanf(place, "%7[a-z].%27[a-z]", what, kind) != 2)
        what[0] = kind[0] = '\0';
}

int expect_held(const struct steps *t, const char *place, const char *why)
{
    char what[8], kind[28];
    struct gr_call c = {.pid = 0};
    size_t at = t->from;

    if (gr_wait_held(t->s, &at, place, &c))
        return c.pid;
    take_apart(place, what, kind);
    no_step(t, what, kind, why);
}

void expect_hook(const struct steps *t, const char *what, const char *kind, int i, const char *why)
{
    struct gr_hook h = {.pid = 0};
    size_t at = t->from;

    if (!gr_wait_hook(t->s, &at, what, kind, i, &h))
        no_step(t, what, kind, why);
}

/* Whoever asks again and again never comes to a stand, and would be waited for till the net. */
static bool asks_again(void *arg)
{
    return waits_for_a_time(arg, NULL) > MANY_WAITS;
}

void expect_still(const struct steps *t)
{
    struct steps mine = *t;

    if (gr_wait_or_still(t->s, asks_again, &mine))
        expect_no_clock(t);
    gr_expect_going(t->r);
    expect_processes(t);
}

void expect_no_hook(const struct steps *t, const char *what, const char *kind, int i,
                    const char *why)
{
    expect_still(t);
    if (gr_hooks_since(&t->s->calls, t->from, what, kind, i) == 0)
        return;
    gr_snapshot(t->s);
    gr_fail(t->r, GR_FAIL, "`%s`: %s", t->p->command, why);
}

/* It did not end well, and it had asked for a semaphore's value: that may be why. */
static void tell_of_old_values(const struct steps *t)
{
    size_t at = t->from;
    struct gr_call c;

    if (gr_calls_next(&t->s->calls, &at, "sem_getvalue", &c))
        gr_record_add_finding(&t->r->rec, "sem_getvalue", t->p->name, c.pid, NULL, NULL,
                              "What sem_getvalue() says is old when you read it: others wait and "
                              "post meanwhile. Decide by what sem_wait() or sem_trywait() does, or "
                              "by a counter that a semaphore guards.");
}

void expect_good_end(const struct steps *t)
{
    if (!gr_let_run(t->p) || t->p->status != 0)
        tell_of_old_values(t);
    gr_expect_exit(t->r, t->p, 0);
}

static bool is_inside(const struct gr_hook *h)
{
    return strcmp(h->what, "enter") == 0;
}

void expect_apart(const struct steps *t, clash_fn clash, int n, const char *why)
{
    struct gr_hook inside[64], h;
    size_t ninside = 0;

    for (size_t at = t->from; gr_hook_next(&t->s->calls, &at, &h);) {
        for (size_t i = 0; i < ninside && strcmp(h.what, "leave") == 0; i++)
            if (inside[i].pid == h.pid && inside[i].i == h.i && strcmp(inside[i].kind, h.kind) == 0)
                inside[i--] = inside[--ninside];
        if (!is_inside(&h))
            continue;
        for (size_t i = 0; i < ninside; i++)
            if (clash(&inside[i], &h, n))
                gr_fail(
                    t->r, GR_FAIL,
                    "`%s`: %s. \"%s %d\" (pid %d) began while \"%s %d\" (pid %d) was still at it",
                    t->p->command, why, h.kind, h.i, h.pid, inside[i].kind, inside[i].i,
                    inside[i].pid);
        if (ninside < sizeof inside / sizeof *inside)
            inside[ninside++] = h;
    }
}

/* Has nobody printed or called a hook for a while? Or does somebody ask again and again? */
static bool is_silent(void *arg)
{
    const struct steps *t = arg;

    return gr_now_ms() - t->s->moved_at >= 400 || asks_again(arg);
}

void let_others_go(const struct steps *t, int pid)
{
    size_t at = t->from;
    struct gr_call c = {.pid = 0};

    expect_still(t);

    while (gr_calls_next(&t->s->calls, &at, "@stop", &c))
        if (c.pid != pid)
            gr_resume(t->s, c.pid);
}

void expect_quiet(struct gr_run *r, const char *line, const char *const *rules, const char *place)
{
    struct steps t = start_steps(r, line, rules);

    int pid = expect_held(&t, place, "nobody comes so far that others have to wait");

    if (rules[1])
        let_others_go(&t, pid);
    expect_asleep(&t);
    expect_good_end(&t);
    expect_no_clock(&t);
}

void expect_asleep(const struct steps *t)
{
    struct steps mine = *t;

    /* Who waits asleep comes to a stand: then nobody can be busy. Who spins never does. */
    gr_wait_or_still(t->s, is_silent, &mine);
    gr_expect_going(t->r);
    for (int i = 0; i < 8 && !t->s->blocked_seen && gr_expect_no_spin(t->r, t->p); i++)
        gr_wait_or_still(t->s, is_silent, &mine);
    expect_no_clock(t);
}

static bool has_ended(void *arg)
{
    return ((struct gr_proc *)arg)->ended;
}

/* What a race leads to is its consequence: an item lost, a hang. So the races are read first. */
void expect_no_races(struct gr_run *r, const char *const *lines)
{
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30),
                                 .eintr = 100,
                                 .assume_handler = true,
                                 .calls = interruptible};
    struct gr_proc *p[MAX_ARGV];
    bool ended[MAX_ARGV];
    size_t n = 0;

    for (; lines[n]; n++) {
        p[n] = start(r, lines[n], lines[n + 1] ? NULL : &in).p;
        ended[n] = gr_wait_or_still(gr_scene(r), has_ended, p[n]);
    }
    gr_expect_going(r);
    gr_finish(r->scene);
    gr_race_judge(r);
    gr_race_end(r->scene); /* it is read, once */
    if (r->failed)
        gr_leave(r);
    for (size_t i = 0; i < n; i++) {
        r->about = p[i];
        if (!ended[i])
            gr_fail(r, GR_DEADLOCK, "`%s`: every process waits, and none can go on", lines[i]);
        else
            gr_expect_exit(r, p[i], 0);
    }
}
