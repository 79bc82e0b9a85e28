/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5A: scenarios for `tally`. */
#include "05_shared_memory.h"
#include "gr_rest.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { MOST = 16 };

struct gr_proc *start_tally(struct gr_run *r, const char *name, unsigned p, unsigned k,
                            const struct gr_inject *in)
{
    char p_text[16], k_text[16];
    const char *argv[] = {"tally", name, p_text, k_text, NULL};

    snprintf(p_text, sizeof p_text, "%u", p);
    snprintf(k_text, sizeof k_text, "%u", k);
    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = in});
}

/* A private mapping of the segment explains all that follows from it: say so first. */
static void expect_shared(struct gr_run *r)
{
    struct gr_call c = {.pid = 0};
    unsigned long flags;
    int fd;

    for (size_t at = 0; gr_calls_next(&r->scene->calls, &at, "mmap", &c);)
        if (sscanf(c.args, "%*s %*s %*s %lx %d", &flags, &fd) == 2 && fd >= 0 &&
            (flags & MAP_TYPE) == MAP_PRIVATE)
            gr_fail(r, GR_FAIL,
                    "tally maps the segment with MAP_PRIVATE: what a process writes there goes "
                    "into a copy of its own, and the others never see it");
}

void expect_tally_total(struct gr_run *r, struct gr_proc **p, unsigned n, unsigned k)
{
    struct gr_proc *said = NULL;
    char want[48];

    for (unsigned i = 0; i < n; i++)
        gr_wait_exit(p[i]);
    gr_expect_going(r);
    expect_shared(r);
    for (unsigned i = 0; i < n; i++) {
        gr_expect_exit(r, p[i], 0);
        if (p[i]->outbuf.len > 0 && said)
            gr_fail(r, GR_FAIL,
                    "two of the %u processes printed something; only the one that finishes last "
                    "prints the total",
                    n);
        if (p[i]->outbuf.len > 0)
            said = p[i];
    }
    if (!said)
        gr_fail(r, GR_FAIL,
                "all %u processes ended, and none printed the total: the one that finishes as "
                "number %u should",
                n, n);
    snprintf(want, sizeof want, "total %lu\n", (unsigned long)n * k);
    gr_expect_out(r, said, want);
}

static void count_together(struct gr_run *r, unsigned n, unsigned k, const struct gr_inject *in)
{
    struct gr_proc *p[MOST];
    char name[NAME_LEN];

    new_name(r, name);
    for (unsigned i = 0; i < n; i++)
        p[i] = start_tally(r, name, n, k, in);
    expect_tally_total(r, p, n, k);
}

void tally_counts(struct gr_run *r)
{
    const struct gr_inject in = {.trace = "mmap"};

    count_together(r, 1, 7, &in);
    count_together(r, 2, 3000 + gr_random(r, 20000), &in);
    count_together(r, MOST, 200 + gr_random(r, 500), &in);
    count_together(r, 4, 20000, &in);
}

/* Held in kit_enter or, @leaving, in kit_leave: inside in both. */
static struct gr_proc *hold_inside(struct gr_run *r, const char *name, unsigned n, unsigned k,
                                   bool leaving)
{
    const char *const rules[] = {leaving ? "stop=at:leave.add" : "stop=at:enter.add", NULL};
    const struct gr_inject in = {.hooks = true, .rules = rules};
    struct gr_proc *p = start_tally(r, name, n, k, &in);
    struct gr_call c = {.pid = 0};
    size_t at = 0;

    if (gr_wait_held(r->scene, &at, leaving ? "leave.add" : "enter.add", &c))
        return p;
    gr_expect_going(r);
    gr_expect_exit(r, p, 0);
    gr_fail(r, GR_FAIL,
            "tally never called %s(\"add\", 0): the contract asks for it, so that the "
            "grader can see who is counting",
            leaving ? "kit_leave" : "kit_enter");
}

/* How often @p called kit_enter or kit_leave. */
static size_t hooked(struct gr_run *r, const struct gr_proc *p, const char *what)
{
    struct gr_hook h;
    size_t n = 0;

    for (size_t at = 0; gr_hook_next(&r->scene->calls, &at, &h);)
        n += h.pid == p->pid && strcmp(h.what, what) == 0;
    return n;
}

static void expect_hooks(struct gr_run *r, const struct gr_proc *p, unsigned k)
{
    size_t in = hooked(r, p, "enter"), out = hooked(r, p, "leave");

    gr_expect(r, in == k && out == k,
              "tally adds 1 %u times, and around each addition stand kit_enter and kit_leave; it "
              "called kit_enter %zu times and kit_leave %zu times",
              k, in, out);
}

/* One is held inside, before or after its addition: nobody else may come in. */
static void one_inside(struct gr_run *r, bool leaving)
{
    const struct gr_inject watched = {.hooks = true};
    struct gr_proc *p[3];
    char name[NAME_LEN];
    unsigned k = 2 + gr_random(r, 5);

    new_name(r, name);
    p[0] = hold_inside(r, name, 3, k, leaving);
    for (int i = 1; i < 3; i++)
        p[i] = start_tally(r, name, 3, k, &watched);
    gr_wait_still(r->scene);
    gr_expect_going(r);
    for (int i = 1; i < 3; i++)
        if (hooked(r, p[i], "enter") > 0)
            gr_fail(r, GR_FAIL,
                    "one tally stood %s, and a second one came in: both may now read the same "
                    "count, add 1, and store the same result",
                    leaving ? "in kit_leave, which is still inside"
                            : "between kit_enter and kit_leave");
    gr_let_go(r->scene);
    expect_tally_total(r, p, 3, k);
    for (int i = 0; i < 3; i++)
        expect_hooks(r, p[i], k);
}

void tally_one_at_a_time(struct gr_run *r)
{
    one_inside(r, false);
    one_inside(r, true);
}

/* Did @p come in while @other was held inside? The log is in order. */
static bool came_in_too(struct gr_run *r, const struct gr_proc *p, const struct gr_proc *other)
{
    bool inside = false;
    struct gr_call c = {.pid = 0};

    for (size_t at = 0; gr_calls_next(&r->scene->calls, &at, NULL, &c);) {
        if (c.pid == other->pid && strcmp(c.name, "@stop") == 0)
            inside = true;
        if (inside && c.pid == p->pid && strcmp(c.name, "@enter") == 0)
            return true;
    }
    return false;
}

/* The second one came to an end while the first was held. */
static void explain_end(struct gr_run *r, struct gr_proc *p, const char *where)
{
    long long least;

    if (paused_us(r, p, &least) >= PATIENCE_US / 2)
        return; /* the machine is so busy that its patience came to an end: nothing is learnt */
    gr_expect_exit(r, p, 0);
    gr_fail(r, GR_FAIL,
            "the first tally stood %s, and the segment was not ready; a second one ended all the "
            "same, without counting",
            where);
}

/* The first is held at @place, while it makes the segment; the second comes. It may wait; it may
 * not count in what is not ready, nor may the first make ready what is in use: then both would
 * stand inside. */
static void come_too_early(struct gr_run *r, const char *place)
{
    static const char *const inside[] = {"stop=at:enter.add", NULL};
    char rule[64], name[NAME_LEN], where[64];
    const char *const rules[] = {rule, NULL};
    const struct gr_inject held = {.hooks = true, .rules = rules};
    const struct gr_inject watched = {.hooks = true, .rules = inside, .trace = SLEEPS};
    struct gr_proc *p[2];
    struct gr_call stop = {.pid = 0};
    size_t at = 0;

    snprintf(rule, sizeof rule, "stop=%s:1", place);
    snprintf(where, sizeof where, "just %.*s %s", (int)strcspn(place, ":"), place,
             strchr(place, ':') + 1);
    new_name(r, name);
    at = r->scene ? r->scene->calls.len : 0;
    p[0] = start_tally(r, name, 2, 500, &held);
    if (!gr_wait_call(r->scene, &at, "@stop", place, &stop)) { /* it never comes there */
        gr_expect_going(r);
        p[1] = start_tally(r, name, 2, 500, NULL);
        expect_tally_total(r, p, 2, 500);
        return;
    }
    p[1] = start_tally(r, name, 2, 500, &watched);
    if (gr_wait_rest(p[1]) == GR_REST_ENDED) {
        explain_end(r, p[1], where);
        gr_let_go(r->scene);
        return;
    }
    gr_expect_going(r);
    gr_resume(r->scene, p[0]->pid);
    gr_wait_still(r->scene);
    gr_expect_going(r);
    if (came_in_too(r, p[0], p[1]))
        gr_fail(r, GR_FAIL,
                "the first tally stood %s, and the segment was not ready; a second one began to "
                "count in it, and was held between kit_enter and kit_leave. Then the first one "
                "went on, and came in, too: it has no lock yet, or it made the lock only then, and "
                "its lock knew of nobody",
                where);
    gr_let_go(r->scene);
    expect_tally_total(r, p, 2, 500);
}

void tally_waits_for_the_creator(struct gr_run *r)
{
    come_too_early(r, "after:shm_open");
    come_too_early(r, "before:ftruncate");
    come_too_early(r, "after:ftruncate");
    come_too_early(r, "after:mmap");
    come_too_early(r, "before:pthread_mutex_init");
    come_too_early(r, "before:sem_init");
}

void tally_together(struct gr_run *r)
{
    count_together(r, 3, 30, NULL);
}

/* Under the race lens: whether the total is right is judged elsewhere. */
void tally_races(struct gr_run *r)
{
    struct gr_proc *p[3];
    char name[NAME_LEN];

    new_name(r, name);
    for (int i = 0; i < 3; i++)
        p[i] = start_tally(r, name, 3, 30, NULL);
    for (int i = 0; i < 3; i++)
        gr_expect_exit(r, p[i], 0);
}

void tally_leaves_nothing(struct gr_run *r)
{
    char name[NAME_LEN];
    struct gr_proc *p;

    new_name(r, name);
    p = hold_inside(r, name, 1, 3, false);
    expect_private_segment(r, name);
    gr_let_go(r->scene);
    expect_tally_total(r, &p, 1, 3);
    count_together(r, 4, 100, NULL);
}
