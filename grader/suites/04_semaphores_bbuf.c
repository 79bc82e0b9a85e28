/* SPDX-License-Identifier: MIT */
/* Lab 04, part 4B: scenarios for `bbuf`. */
#include "04_semaphores.h"

#include "../../labs/04-semaphores/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char slot_rule[] =
    "a slot belongs to one process at a time, from its first word to its last";

/* One run: what was asked, and what is known of each item. */
struct delivery {
    const struct steps *t;
    long producers, consumers, items;
    bool *taken; /* [producers * items] */
    long *last;  /* [consumers * producers]: the last item of that producer, -1 = none */
};

/* The number in @line behind "consumer C item ". Fails on any other form. */
static long take_line(const struct delivery *d, int number, const char *line, long *consumer)
{
    long item;
    int end = 0;

    if (sscanf(line, "consumer %ld item %ld%n", consumer, &item, &end) != 2 || line[end] != '\n' ||
        *consumer < 0 || *consumer >= d->consumers)
        gr_fail(d->t->r, GR_FAIL,
                "`%s`: line %d should be \"consumer C item X\", written with one call; it begins "
                "with \"%.60s\"",
                d->t->p->command, number, line);
    if (item == ARENA_EMPTY || item == ARENA_TORN)
        gr_fail(d->t->r, GR_FAIL,
                "`%s`, line %d: consumer %ld took from a slot that %s (arena_take() returned %ld)",
                d->t->p->command, number, *consumer,
                item == ARENA_EMPTY ? "was empty" : "held parts of two items", item);
    if (item < 0 || item >= d->producers * d->items)
        gr_fail(d->t->r, GR_FAIL, "`%s`, line %d: there is no item %ld", d->t->p->command, number,
                item);
    return item;
}

/* Once, and behind the items that the same producer put before it. */
static void take_item(const struct delivery *d, int number, long consumer, long item)
{
    long *last = &d->last[consumer * d->producers + item / d->items];

    gr_expect(d->t->r, !d->taken[item], "`%s`, line %d: item %ld is delivered a second time",
              d->t->p->command, number, item);
    gr_expect(d->t->r, item > *last,
              "`%s`, line %d: consumer %ld takes item %ld after item %ld of the same producer; the "
              "slots are a queue: first put, first taken",
              d->t->p->command, number, consumer, item, *last);
    d->taken[item] = true;
    *last = item;
}

static void expect_delivered(const struct steps *t, long producers, long consumers, long items)
{
    struct delivery d = {t, producers, consumers, items, NULL, NULL};
    const char *line = gr_buf_text(&t->p->outbuf);
    long consumer = 0, total = producers * items;

    d.taken = gr_xcalloc((size_t)total, sizeof *d.taken);
    d.last = gr_xcalloc((size_t)(consumers * producers), sizeof *d.last);
    for (long i = 0; i < consumers * producers; i++)
        d.last[i] = -1;
    for (int number = 1; *line; number++) {
        long item = take_line(&d, number, line, &consumer);

        take_item(&d, number, consumer, item);
        line = strchr(line, '\n') + 1; /* it was there */
    }
    for (long i = 0; i < total; i++)
        gr_expect(t->r, d.taken[i], "`%s`: item %ld is never delivered", t->p->command, i);
    free(d.taken);
    free(d.last);
}

/* "bbuf P C N" in one of the ways to start it, to its end. */
static void deliver(struct gr_run *r, struct steps (*start)(struct gr_run *, const char *), long p,
                    long c, long n)
{
    struct steps t = {.r = r, .s = gr_scene(r)};
    char line[64];

    snprintf(line, sizeof line, "bbuf %ld %ld %ld", p, c, n);
    if (start)
        t = start(r, line);
    else
        t.p = start_bare(r, line);
    gr_expect_exit(r, t.p, 0);
    expect_delivered(&t, p, c, n);
}

/* One producer, one consumer: there is one way. */
static void expect_one_by_one(const struct steps *t, int items)
{
    struct gr_buf want = {.cap = 4096};
    char line[40];

    for (int i = 0; i < items; i++)
        gr_buf_add(&want, line, (size_t)snprintf(line, sizeof line, "consumer 0 item %d\n", i));
    gr_expect_bytes_because(t->r, "the output of `bbuf 1 1 8`", gr_buf_text(&t->p->outbuf),
                            t->p->outbuf.len, want.data, want.len,
                            "the slots are a queue: first put, first taken");
    gr_buf_release(&want);
}

/* Hold every consumer at each take until producers have filled all they can: who looks for any full
 * slot, and not for the next one, then finds a newer item first. */
static void take_by_take(struct gr_run *r)
{
    static const char *const rules[] = {"stop=at:enter.take:*", NULL};
    struct steps t = start_steps(r, "bbuf 1 1 8", rules);

    expect_held(&t, "enter.take", "a consumer should come to its next item, and does not");
    for (int step = 0; step < 3 && !t.p->ended; step++) {
        expect_still(&t);
        gr_let_go(t.s);
    }
    expect_good_end(&t);
    expect_one_by_one(&t, 8);
}

void bbuf_delivers(struct gr_run *r)
{
    take_by_take(r);
    deliver(r, NULL, 1, 1, 100);
    deliver(r, NULL, 3, 1, 200 + gr_random(r, 200));
    deliver(r, start_shaken, 4, 3, 40);
    deliver(r, NULL, 2, 2, 8000);
}

static bool same_slot(const struct gr_hook *a, const struct gr_hook *b, int n)
{
    (void)n;
    return a->i == b->i;
}

/* The consumer comes late, so that item 0 still lies there when the producer is held. */
void bbuf_takes_beside_a_put(struct gr_run *r)
{
    char late[2][48];
    const char *const rules[] = {"stop=at:enter.put:2", late[0], late[1], NULL};
    struct steps t;

    for (int k = 0; k < 2; k++)
        snprintf(late[k], sizeof late[k], "delay=before:sem_wait:100ms:%d:%zu.2", k + 1,
                 gr_scene(r)->nprocs);
    t = start_steps(r, "bbuf 1 1 6", rules);
    expect_held(&t, "enter.put", "a second item is never put");
    expect_still(&t);
    gr_snapshot(t.s); /* shown if this fails: who waits for what */
    gr_expect(
        r, strcmp(gr_buf_text(&t.p->outbuf), "consumer 0 item 0\n") == 0,
        "a producer is at work in its second slot, item 0 lies finished in the first one, and "
        "no consumer takes it: does one lock keep them out of all slots?");
    expect_good_end(&t);
    expect_delivered(&t, 1, 1, 6);
}

/* The consumer is held at its @nth take: all slots but its own are free for producers. */
static void fill_beside(struct gr_run *r, unsigned nth)
{
    char rule[40];
    const char *const rules[] = {rule, NULL};
    struct steps t;
    size_t lie;

    snprintf(rule, sizeof rule, "stop=at:enter.take:%u", nth);
    t = start_steps(r, "bbuf 2 1 10", rules);
    expect_held(&t, "enter.take", "a consumer should come to its next item, and does not");
    expect_still(&t);
    gr_snapshot(t.s);
    lie = gr_hooks_since(&t.s->calls, t.from, "leave", "put", -1) - (nth - 1);
    gr_expect(r, lie >= ARENA_SLOTS,
              "a consumer is at work in one slot, and only %zu of the %d slots there are have been "
              "filled: producers wait although a slot is empty",
              lie, ARENA_SLOTS);
    gr_expect(
        r, lie <= ARENA_SLOTS,
        "a consumer is at work in one slot, not done with it, and producers have put %zu items "
        "into %d slots: one was filled that was not empty",
        lie, ARENA_SLOTS);
    expect_good_end(&t);
    expect_delivered(&t, 2, 1, 10);
}

void bbuf_puts_beside_a_take(struct gr_run *r)
{
    fill_beside(r, 4);
    fill_beside(r, 1);
}

/* Hold the first one of each process that comes in: nobody may come into the same slot. */
static void crowd(struct gr_run *r, const char *rule)
{
    const char *const rules[] = {rule, NULL};
    struct steps t = start_steps(r, "bbuf 3 3 8", rules);

    expect_held(&t, rule + strlen("stop=at:"), "nobody comes to any slot");
    for (int step = 0; step < 8 && !t.p->ended; step++) {
        expect_still(&t);
        expect_apart(&t, same_slot, 0, slot_rule);
        gr_let_go(t.s);
    }
    expect_good_end(&t);
    expect_apart(&t, same_slot, 0, slot_rule);
    expect_delivered(&t, 3, 3, 8);
}

void bbuf_one_in_a_slot(struct gr_run *r)
{
    struct steps t;

    crowd(r, "stop=at:enter.put");
    crowd(r, "stop=at:enter.take");
    t = start_shaken(r, "bbuf 4 4 30");
    expect_good_end(&t);
    expect_apart(&t, same_slot, 0, slot_rule);
}

static void crowd_delivered(const struct steps *t)
{
    expect_delivered(t, 20, 20, 5);
}

void bbuf_ends(struct gr_run *r)
{
    struct steps t;

    deliver(r, start_shaken, 1, 6, 1);
    deliver(r, start_shaken, 6, 1, 3);
    deliver(r, start_shaken, 2, 5, 2 + gr_random(r, 6));
    t = start_steps(r, "bbuf 20 20 5", NULL);
    gr_expect_exit(r, t.p, 0);
    expect_delivered(&t, 20, 20, 5);
    expect_old_names_ignored(&t, "bbuf 20 20 5", crowd_delivered);
}

void bbuf_survives_interrupts(struct gr_run *r)
{
    struct steps t = start_interrupted(r, "bbuf 3 2 40");

    gr_expect_exit(r, t.p, 0);
    expect_apart(&t, same_slot, 0, slot_rule);
    expect_delivered(&t, 3, 2, 40);
}

void bbuf_refuses_bad_arguments(struct gr_run *r)
{
    static const char *const bad[][6] = {
        {"bbuf", NULL},
        {"bbuf", "1", "1", NULL},
        {"bbuf", "0", "1", "5", NULL},
        {"bbuf", "1", "0", "5", NULL},
        {"bbuf", "1", "1", "0", NULL},
        {"bbuf", "21", "1", "5", NULL},
        {"bbuf", "1", "21", "5", NULL},
        {"bbuf", "1", "1", "100001", NULL},
        {"bbuf", "1", "1", "5 ", NULL},
        {"bbuf", "1", "x", "5", NULL},
        {"bbuf", "1", "1", "5", "5", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    expect_full_disk_told(r, "bbuf 2 2 10");
    expect_failed_call_told(r, "bbuf 2 2 10");
    expect_largest_taken(r, "bbuf 20 20 100000", "enter.put");
}

void bbuf_memory(struct gr_run *r)
{
    run_bare(r, "bbuf 2 2 6");
}

void bbuf_leaves_nothing(struct gr_run *r)
{
    static const char *const put[] = {"stop=at:enter.put:1", NULL};
    static const char *const take[] = {"stop=at:enter.take:1", NULL};

    run_bare(r, "bbuf 2 3 20");
    expect_quiet(r, "bbuf 1 2 5", put, "enter.put");
    expect_quiet(r, "bbuf 2 1 9", take, "enter.take");
    /* Last, as the next run might clear away what this one leaves. */
    expect_full_disk_told(r, "bbuf 2 2 10");
}

/* Four producers with an item each find four empty slots: no consumer orders them by chance. */
void bbuf_races(struct gr_run *r)
{
    static const char *const lines[] = {"bbuf 4 1 1", "bbuf 2 2 6", NULL};

    expect_no_races(r, lines);
}
