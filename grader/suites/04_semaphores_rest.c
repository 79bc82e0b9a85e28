/* SPDX-License-Identifier: MIT */
/* Lab 04: the Bug hunt. */
#include "04_semaphores.h"

#include <stdio.h>
#include <string.h>

static bool both_count(const struct gr_hook *a, const struct gr_hook *b, int n)
{
    (void)a;
    (void)b;
    (void)n;
    return true;
}

static void counted(const struct steps *t)
{
    gr_expect_out(t->r, t->p, "total 100\n");
}

/* Hold each worker when it comes to the counter for the first time: no second one may come. */
static struct steps count_with_one_held(struct gr_run *r,
                                        struct steps (*start)(struct gr_run *r, const char *line,
                                                              const char *const *rules))
{
    static const char *const rules[] = {"stop=at:enter.count", NULL};
    struct steps t = start(r, "hunt_1 4 25", rules);

    expect_held(&t, "enter.count", "no worker comes to the counter");
    expect_still(&t);
    expect_apart(&t, both_count, 0, "one worker at a time may be at the counter");
    expect_good_end(&t);
    expect_apart(&t, both_count, 0, "one worker at a time may be at the counter");
    counted(&t);
    return t;
}

void hunt_1_excludes(struct gr_run *r)
{
    count_with_one_held(r, start_steps);
}

void hunt_1_interrupted(struct gr_run *r)
{
    struct steps t = count_with_one_held(r, start_denied);

    expect_old_names_ignored(&t, "hunt_1 4 25", counted);
}

static const char *const one_lock_each[] = {"stop=after:sem_wait:1", NULL};

static void balanced(const struct steps *t)
{
    gr_expect_out(t->r, t->p, "accounts 1000 1000\n");
}

/* Hold both when they have their first lock; then let both go on. */
void hunt_2_ends(struct gr_run *r)
{
    struct steps t = start_steps(r, "hunt_2 20", one_lock_each);

    expect_still(&t);
    expect_good_end(&t);
    gr_expect_out(r, t.p, "accounts 1000 1000\n");
    gr_expect_out(r, run_bare(r, "hunt_2 2000"), "accounts 1000 1000\n");
    expect_old_names_ignored(&t, "hunt_2 20", balanced);
}

/* The same under the race lens: what no lock orders is a race, however rarely it shows. */
void hunt_2_locks(struct gr_run *r)
{
    struct steps t = start_steps(r, "hunt_2 20", one_lock_each);

    expect_still(&t);
    expect_good_end(&t);
}

/* Both have their first lock, where each takes one of its own; one is held there, the first or the
 * last that came: the other one sleeps until it gets that lock. */
static void hold_one_lock(struct gr_run *r, bool last)
{
    struct steps t = start_steps(r, "hunt_2 20", one_lock_each);
    struct gr_call c;
    int pid = 0;

    expect_still(&t);
    for (size_t at = t.from; gr_calls_next(&t.s->calls, &at, "@stop", &c);)
        if (pid == 0 || last)
            pid = c.pid;
    let_others_go(&t, pid);
    expect_asleep(&t);
    expect_good_end(&t);
    balanced(&t);
}

void hunt_2_leaves_nothing(struct gr_run *r)
{
    gr_expect_out(r, run_bare(r, "hunt_2 10"), "accounts 1000 1000\n");
    hold_one_lock(r, false);
    hold_one_lock(r, true);
}
