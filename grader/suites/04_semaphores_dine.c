/* SPDX-License-Identifier: MIT */
/* Lab 04, part 4D: scenarios for `dine`. */
#include "04_semaphores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char fork_rule[] = "neighbours share a fork, and never eat at the same time";

enum { MOST = 9 };

static bool neighbours(const struct gr_hook *a, const struct gr_hook *b, int n)
{
    return a->i != b->i && ((a->i + 1) % n == b->i || (b->i + 1) % n == a->i);
}

/* Read the meals. Return: where the list of forks begins. */
static const char *read_meals(const struct steps *t, int n, int meals[MOST])
{
    const char *line = gr_buf_text(&t->p->outbuf);

    for (int number = 1; strncmp(line, "philosopher ", 12) == 0; number++) {
        int i, meal, end = 0;

        if (sscanf(line, "philosopher %d meal %d%n", &i, &meal, &end) != 2 || line[end] != '\n' ||
            i < 0 || i >= n)
            gr_fail(t->r, GR_FAIL,
                    "`%s`: line %d should be \"philosopher I meal J\", written with one call; it "
                    "begins with \"%.60s\"",
                    t->p->command, number, line);
        gr_expect(t->r, meal == meals[i] + 1,
                  "`%s`, line %d: after %d meals, philosopher %d has meal %d", t->p->command,
                  number, meals[i], i, meal);
        meals[i]++;
        line += end + 1;
    }
    return line;
}

static void expect_dinner(const struct steps *t, int n, int k)
{
    struct gr_buf want = {.cap = 4096};
    int meals[MOST] = {0};
    const char *forks = read_meals(t, n, meals);
    char line[64];

    for (int i = 0; i < n; i++)
        gr_expect(t->r, meals[i] == k, "`%s`: philosopher %d eats %d times, not %d", t->p->command,
                  i, meals[i], k);
    for (int i = 0; i < n; i++)
        gr_buf_add(&want, line, (size_t)snprintf(line, sizeof line, "fork %d used %d\n", i, 2 * k));
    gr_expect_bytes(t->r, "the list of forks at the end", forks, strlen(forks), want.data,
                    want.len);
    gr_buf_release(&want);
}

/* "dine N K" in one of the ways to start it, to its end. */
static void dinner(struct gr_run *r, struct steps (*start)(struct gr_run *, const char *), int n,
                   int k)
{
    char line[32];
    struct steps t;

    snprintf(line, sizeof line, "dine %d %d", n, k);
    t = start(r, line);
    expect_good_end(&t);
    expect_dinner(&t, n, k);
    expect_apart(&t, neighbours, n, fork_rule);
}

static void expect_usages(struct gr_run *r)
{
    static const char *const bad[][5] = {
        {"dine", NULL},
        {"dine", "3", NULL},
        {"dine", "1", "3", NULL},
        {"dine", "10", "3", NULL},
        {"dine", "3", "0", NULL},
        {"dine", "3", "1001", NULL},
        {"dine", "3.", "3", NULL},
        {"dine", "3", "3", "3", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
}

/* All have eaten, and then the list of forks does not fit. */
static void expect_forks_told(struct gr_run *r)
{
    static const char meals[] = "philosopher 0 meal 1\nphilosopher 1 meal 1\n"
                                "philosopher 2 meal 1\n";

    expect_short_file_told(r, "dine 3 1", sizeof meals + 4,
                           "into a file that has room for the meals, and not for the forks");
}

static void five_dined(const struct steps *t)
{
    expect_dinner(t, 5, 10);
}

/* The rest of the contract's rules for all programs. */
static void expect_rules(struct gr_run *r)
{
    struct steps t = start_steps(r, "dine 5 10", NULL);

    expect_good_end(&t);
    expect_old_names_ignored(&t, "dine 5 10", five_dined);
    expect_full_disk_told(r, "dine 3 2");
    expect_forks_told(r);
    expect_failed_call_told(r, "dine 3 2");
    expect_largest_taken(r, "dine 9 1000", "want.eat.8");
}

void dine_all_eat(struct gr_run *r)
{
    expect_usages(r);
    dinner(r, start_shaken, 5, 10);
    dinner(r, start_interrupted, 4, 10);
    dinner(r, start_interrupted, 2, 10);
    expect_rules(r);
}

/* How many meals of philosopher @i were printed so far. */
static int meals_printed(const struct steps *t, int i)
{
    char start[32];
    int n = 0;

    snprintf(start, sizeof start, "philosopher %d meal ", i);
    for (const char *at = gr_buf_text(&t->p->outbuf); (at = strstr(at, start)); at++)
        n++;
    return n;
}

/* Two philosophers: when one eats, every meal that the other one had before is in print. */
static void expect_meals_due(const struct steps *t)
{
    int left[2] = {0}, due[2] = {0};
    struct gr_hook h;

    gr_scene_pump(t->s, 0);
    for (size_t at = t->from; gr_hook_next(&t->s->calls, &at, &h);) {
        if (strcmp(h.kind, "eat") != 0 || h.i < 0 || h.i > 1)
            continue;
        left[h.i] += strcmp(h.what, "leave") == 0;
        if (strcmp(h.what, "enter") == 0)
            due[1 - h.i] = left[1 - h.i];
    }
    for (int i = 0; i < 2; i++)
        gr_expect(t->r, meals_printed(t, i) >= due[i],
                  "`%s`: philosopher %d eats, and meal %d of philosopher %d, who had the forks "
                  "before it, is not in print: print while you have both forks, and flush",
                  t->p->command, 1 - i, due[i], i);
}

/* Whoever is held at its first hook goes on. */
static void call_to_table(const struct steps *t)
{
    size_t at = t->from;
    struct gr_call c;

    while (gr_calls_next(&t->s->calls, &at, "@stop", &c))
        if (strncmp(c.args, "at:", 3) == 0)
            gr_resume(t->s, c.pid);
}

/* One comes when the other one has given back its forks, and is held there: what that has to say
 * must be said. */
static void prints_in_time(struct gr_run *r)
{
    static const char *const places[] = {"at:want.eat:1", "after:sem_post:2", "after:sem_post:3",
                                         "after:semop:2", "after:semop:4"};
    enum { N = sizeof places / sizeof *places };
    char text[N][48];
    const char *rules[N + 1] = {NULL};
    struct steps t;

    for (int i = 0; i < N; i++) {
        snprintf(text[i], sizeof text[i], "stop=%s:%zu.%d", places[i], gr_scene(r)->nprocs,
                 i == 0 ? 2 : 1);
        rules[i] = text[i];
    }
    t = start_steps(r, "dine 2 2", rules);
    expect_still(&t);
    call_to_table(&t);
    for (int step = 0; step < 2 && !t.p->ended; step++) {
        expect_still(&t);
        expect_meals_due(&t);
        gr_let_go(t.s);
    }
    expect_good_end(&t);
    expect_dinner(&t, 2, 2);
}

/* Every wait was interrupted: who takes that for a fork eats beside its neighbour. */
static void none_by_interrupt(struct gr_run *r)
{
    static const char *const rules[] = {"stop=at:enter.eat:1", NULL};
    struct steps t = start_denied(r, "dine 3 2", rules);

    expect_held(&t, "enter.eat", "nobody ever eats");
    expect_still(&t);
    expect_apart(&t, neighbours, 3,
                 "a wait that failed with EINTR has taken no fork; neighbours eat together");
    expect_good_end(&t);
    expect_apart(&t, neighbours, 3, fork_rule);
    expect_dinner(&t, 3, 2);
}

void dine_no_neighbours(struct gr_run *r)
{
    /* The others ask only when 0 eats. */
    static const char *const rules[] = {"stop=at:enter.eat.0:1", "stop=at:want.eat.1:1",
                                        "stop=at:want.eat.2:1",  "stop=at:want.eat.3:1",
                                        "stop=at:want.eat.4:1",  NULL};
    struct steps t = start_steps(r, "dine 5 2", rules);

    let_others_go(&t, expect_held(&t, "enter.eat.0", "philosopher 0 never eats"));
    expect_still(&t);
    expect_apart(&t, neighbours, 5, fork_rule);
    expect_good_end(&t);
    expect_apart(&t, neighbours, 5, fork_rule);
    expect_dinner(&t, 5, 2);
    t = start_steps(r, "dine 2 3", rules);
    let_others_go(&t, expect_held(&t, "enter.eat.0", "philosopher 0 never eats"));
    expect_still(&t);
    expect_apart(&t, neighbours, 2, fork_rule);
    expect_good_end(&t);
    none_by_interrupt(r);
    prints_in_time(r);
}

/* Only 0 and 2 are hungry: the others are held before they ask. 0 is held at its meal, then 2
 * comes. */
static void two_at_once(struct gr_run *r, int n)
{
    char text[MOST][40], line[32];
    const char *rules[MOST + 2] = {"stop=at:enter.eat.0:1"};
    size_t nrules = 1;
    struct steps t;

    for (int i = 1; i < n; i++) {
        snprintf(text[i], sizeof text[i], "stop=at:want.eat.%d:1", i);
        rules[nrules++] = text[i];
    }
    snprintf(line, sizeof line, "dine %d 2", n);
    t = start_steps(r, line, rules);
    expect_held(&t, "enter.eat.0",
                "only philosophers 0 and 2 are hungry, and 0 gets nothing to eat");
    gr_resume(t.s, expect_held(&t, "want.eat.2", "philosopher 2 does not come"));
    expect_hook(
        &t, "enter", "eat", 2,
        "only philosophers 0 and 2 are hungry, and 0 eats. 2 needs none of its forks, and yet "
        "it waits");
    expect_good_end(&t);
    expect_dinner(&t, n, 2);
}

/* 0 eats, 1 waits for it, and now 3 comes, who shares no fork with either. */
static void beside_one_who_waits(struct gr_run *r, int n)
{
    char text[MOST][40], line[32];
    const char *rules[MOST + 2] = {"stop=at:enter.eat.0:1"};
    struct steps t;

    for (int i = 1; i < n; i++) {
        snprintf(text[i], sizeof text[i], "stop=at:want.eat.%d:1", i);
        rules[i] = text[i];
    }
    snprintf(line, sizeof line, "dine %d 2", n);
    t = start_steps(r, line, rules);
    expect_held(&t, "enter.eat.0", "philosopher 0 gets nothing to eat");
    gr_resume(t.s, expect_held(&t, "want.eat.1", "philosopher 1 does not come"));
    expect_no_hook(&t, "enter", "eat", 1, fork_rule);
    gr_resume(t.s, expect_held(&t, "want.eat.3", "philosopher 3 does not come"));
    expect_hook(&t, "enter", "eat", 3,
                "philosopher 0 eats and 1 waits for it. 3 shares no fork with either, and yet it "
                "waits: who waits for a fork must not hold what all need");
    expect_good_end(&t);
    expect_dinner(&t, n, 2);
}

void dine_two_at_once(struct gr_run *r)
{
    two_at_once(r, 4);
    two_at_once(r, 5 + (int)gr_random(r, 5));
    beside_one_who_waits(r, 5);
}

/* Everybody who has its first fork is held, until all who can have one: then all go on. */
static void one_fork_each(struct gr_run *r, int n)
{
    static const char *const rules[] = {"stop=after:sem_wait:1", "stop=after:semop:1",
                                        "stop=after:sem_timedwait:1", NULL};
    char line[32];
    struct steps t;

    snprintf(line, sizeof line, "dine %d 2", n);
    t = start_steps(r, line, rules);
    expect_still(&t);
    expect_good_end(&t);
    expect_dinner(&t, n, 2);
}

void dine_no_deadlock(struct gr_run *r)
{
    for (int n = 2; n <= MOST; n++)
        one_fork_each(r, n);
    dinner(r, start_shaken, 2, 20);
    dinner(r, start_shaken, 3, 20);
    dinner(r, start_shaken, 9, 10);
}

void dine_memory(struct gr_run *r)
{
    run_bare(r, "dine 3 2");
}

void dine_leaves_nothing(struct gr_run *r)
{
    /* 0 and 2 come to the table when 1 eats: so both have to wait. */
    static const char *const rules[] = {"stop=at:enter.eat.1:1", "stop=at:want.eat.0:1",
                                        "stop=at:want.eat.2:1", NULL};

    run_bare(r, "dine 5 10");
    expect_quiet(r, "dine 3 2", rules, "enter.eat.1");
    /* Last, as the next run might clear away what this one leaves. */
    expect_full_disk_told(r, "dine 3 2");
}

void dine_races(struct gr_run *r)
{
    static const char *const lines[] = {"dine 3 2", "dine 4 1", NULL};

    expect_no_races(r, lines);
}
