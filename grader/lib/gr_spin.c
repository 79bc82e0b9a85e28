/* SPDX-License-Identifier: MIT */
/* Busy waiting: judged only while the suite is silent, window after window. Two calm windows in a
 * row acquit: in one alone, a byte may still be counted that was written before it began, or a
 * loaded machine may have given the program no turn. Busy ones count until the CPU time used is
 * more than a last bit of work can take: in terms of CPU and not of time, so that a loaded machine
 * changes how long it takes, not the outcome. */
#include "gr_suite.h"

#include <stdlib.h>
#include <string.h>

enum {
    WINDOW_MS = 300,
    ENOUGH_CPU_MS = 500, /* plain; under Valgrind the same work takes longer */
    ENOUGH_MEMCHECK_MS = 1000,
    CALM_WINDOWS = 2,
    MAX_WINDOWS = 150, /* on a machine so busy that the CPU time never comes together */
};

/* Everything queued must be given first. */
static void deliver(struct gr_scene *s)
{
    bool left = true;

    while (left && s->stop == GR_GO) {
        left = false;
        for (size_t i = 0; i < s->nprocs; i++)
            left = left || (s->procs[i].in != -1 && s->procs[i].feed_len > 0);
        gr_scene_pump(s, left ? 100 : 0);
    }
}

/* One window. Return: CPU ms of the busiest process that counts as busy, -1 if none does. */
static long window(struct gr_proc *p, bool explain)
{
    struct gr_scene *s = p->scene;
    const struct gr_order o = {.type = GR_REQ_SPIN, .pid = p->pid, .a = WINDOW_MS, .b = explain};
    const struct gr_fact *f;
    long cpu = -1;
    size_t from = 0;
    int error;

    gr_forget_facts(s, GR_FACT_SPIN);
    error = gr_scene_order(s, o);
    while (!error && (f = gr_fact(s, GR_FACT_SPIN, &from)))
        if (f->a > cpu)
            cpu = (long)f->a;
    return cpu;
}

/* Judged: once more, for the words. They come with a busy window only. */
static bool explained(struct gr_proc *p)
{
    for (int calm = 0; calm < CALM_WINDOWS && !p->ended && p->scene->stop == GR_GO; calm++)
        if (window(p, true) >= 0)
            return !p->ended;
    return false;
}

bool gr_spins(struct gr_proc *p)
{
    struct gr_scene *s = p->scene;
    long enough = p->lens == GR_MEMCHECK_LENS || p->lens == GR_RACE_LENS ? ENOUGH_MEMCHECK_MS
                                                                         : ENOUGH_CPU_MS,
         cpu = 0;
    int calm = 0;

    if (s->place->bare || s->sock == -1)
        return false;
    deliver(s);
    for (int i = 0; i < MAX_WINDOWS && !p->ended && s->stop == GR_GO; i++) {
        long used = window(p, false);

        calm = used < 0 ? calm + 1 : 0;
        if (calm == CALM_WINDOWS)
            return false;
        cpu += used > 0 ? used : 0;
        if (!calm && (cpu >= enough || (i == MAX_WINDOWS - 1 && cpu >= enough / 4)))
            return explained(p);
    }
    return false;
}

bool gr_expect_no_spin(struct gr_run *r, struct gr_proc *p)
{
    const struct gr_fact *f;
    size_t from = 0;
    char *safe;

    gr_expect_going(r);
    if (!gr_spins(p) || !(f = gr_fact(p->scene, GR_FACT_SPIN, &from))) {
        gr_expect_going(r);
        return true;
    }
    safe = gr_escape(f->text, strlen(f->text), sizeof f->text);
    gr_note(r, GR_SPIN, safe);
    free(safe);
    return false;
}
