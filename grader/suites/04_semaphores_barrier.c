/* SPDX-License-Identifier: MIT */
/* Lab 04, part 4A: scenarios for `barrier`. */
#include "04_semaphores.h"

#include <stdio.h>
#include <string.h>

enum { MOST_ROUNDS = 64, MOST_N = 32 };

/* What `barrier n rounds` printed so far, as a judge reads it. */
struct rounds {
    int n;
    int in[MOST_ROUNDS], out[MOST_ROUNDS]; /* how many did, from round 1 on */
    int at[MOST_N];                        /* twice the round, and 1 more behind its `in` */
};

static void take_line(const struct steps *t, struct rounds *b, int number, const char *line)
{
    char word[4];
    int round, i, end = 0;
    bool out;

    if (sscanf(line, "round %d %3[a-z] %d%n", &round, word, &i, &end) != 3 || line[end] != '\n' ||
        (strcmp(word, "in") != 0 && strcmp(word, "out") != 0) || round < 1 ||
        round >= MOST_ROUNDS || i < 0 || i >= b->n)
        gr_fail(t->r, GR_FAIL,
                "`%s`: line %d is none of the contract, or not written with one call: \"%.60s\"",
                t->p->command, number, line);
    out = word[0] == 'o';
    gr_expect(t->r, b->at[i] == 2 * (round - 1) + out,
              "`%s`, line %d: \"round %d %s %d\" comes out of turn for process %d", t->p->command,
              number, round, word, i, i);
    b->at[i]++;
    (out ? b->out : b->in)[round]++;
    gr_expect(t->r, !out || b->in[round] == b->n,
              "`%s`, line %d: process %d is out of round %d, and only %d of %d are in",
              t->p->command, number, i, round, b->in[round], b->n);
}

/* Nobody out before all are in, in what was printed so far. */
static void read_rounds(const struct steps *t, struct rounds *b, int n)
{
    const char *line = gr_buf_text(&t->p->outbuf);

    *b = (struct rounds){.n = n};
    for (int number = 1; *line && strchr(line, '\n'); number++) {
        take_line(t, b, number, line);
        line = strchr(line, '\n') + 1;
    }
}

void expect_rounds(const struct steps *t, int n, int rounds)
{
    struct rounds b;
    const char *rest;

    expect_good_end(t);
    read_rounds(t, &b, n);
    for (rest = gr_buf_text(&t->p->outbuf); strchr(rest, '\n');)
        rest = strchr(rest, '\n') + 1;
    gr_expect(t->r, *rest == '\0',
              "`%s`: behind the last line stands \"%.60s\", which is none of the contract",
              t->p->command, rest);
    for (int i = 0; i < n; i++)
        gr_expect(t->r, b.at[i] == 2 * rounds, "`%s`: process %d went through %d of %d rounds",
                  t->p->command, i, b.at[i] / 2, rounds);
}

void barrier_holds_all_back(struct gr_run *r)
{
    static const char *const late[] = {"stop=at:want.round.1:1", NULL};
    static const char *const slow[] = {"stop=at:enter.round.0:1", NULL};
    struct steps t = start_steps(r, "barrier 4 1", late);
    struct rounds b;

    expect_held(&t, "want.round.1", "process 1 does not come to the barrier");
    expect_still(&t);
    read_rounds(&t, &b, 4);
    gr_expect(r, b.in[1] == 3,
              "process 1 is late: the other 3 should be in round 1, and wait; %d are in", b.in[1]);
    expect_rounds(&t, 4, 1);

    t = start_steps(r, "barrier 4 1", slow);
    expect_held(&t, "enter.round.0", "all came, and nobody leaves round 1");
    expect_still(&t);
    read_rounds(&t, &b, 4);
    gr_expect(r, b.out[1] == 3,
              "all came to round 1, process 0 is slow to leave: the other 3 should be out, and %d "
              "are",
              b.out[1]);
    expect_rounds(&t, 4, 1);
}

/* One is late for the second round, or slow to leave the first: the others come as far as they may.
 */
static void next_round(struct gr_run *r)
{
    static const char *const late[] = {"stop=at:want.round.1:2", NULL};
    static const char *const slow[] = {"stop=at:enter.round.0:1", NULL};
    struct steps t = start_steps(r, "barrier 4 3", late);
    struct rounds b;

    expect_held(&t, "want.round.1", "nobody comes to round 2");
    expect_still(&t);
    read_rounds(&t, &b, 4);
    gr_expect(
        r, b.out[1] == 4 && b.in[2] == 3,
        "process 1 is late for round 2: the others should be in it and wait, 3 of them; %d are",
        b.in[2]);
    expect_rounds(&t, 4, 3);

    t = start_steps(r, "barrier 4 3", slow);
    expect_held(&t, "enter.round.0", "all came, and nobody leaves round 1");
    expect_still(&t);
    read_rounds(&t, &b, 4);
    gr_expect(r, b.in[2] == 3,
              "all came to round 1, process 0 is slow to leave: the other 3 should be on their way "
              "into round 2, and %d are",
              b.in[2]);
    expect_rounds(&t, 4, 3);
}

/* Hold a process before its @k-th wait: the others must not go through the next round for it. */
static void hold_before_wait(struct gr_run *r, int k)
{
    static const char *const calls[] = {"sem_wait", "semop", "pthread_cond_wait"};
    char text[3][48];
    const char *const rules[] = {text[0], text[1], text[2], NULL};
    struct steps t;
    struct rounds b;

    for (int i = 0; i < 3; i++)
        snprintf(text[i], sizeof text[i], "stop=before:%s:%d:%zu.1", calls[i], k,
                 gr_scene(r)->nprocs);
    t = start_steps(r, "barrier 3 4", rules);
    for (int step = 0; step < 3 && !t.p->ended; step++) {
        expect_still(&t);
        read_rounds(&t, &b, 3);
        gr_let_go(t.s);
    }
    expect_rounds(&t, 3, 4);
}

void barrier_laps_nobody(struct gr_run *r)
{
    struct steps t;

    for (int k = 1; k <= 5; k++)
        hold_before_wait(r, k);
    next_round(r);
    t = start_shaken(r, "barrier 5 50");
    expect_rounds(&t, 5, 50);
    t = start_shaken(r, "barrier 2 60");
    expect_rounds(&t, 2, 60);
}
