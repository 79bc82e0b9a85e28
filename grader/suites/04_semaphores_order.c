/* SPDX-License-Identifier: MIT */
/* Lab 04, part 4A: scenarios for `turns`, `meet` and `barrier`. */
#include "04_semaphores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROUNDS = 64, MOST_N = 32 };

/* The first @lines lines that `turns n` prints. The caller frees it. */
static char *letters(unsigned n, unsigned lines)
{
    struct gr_buf b = {.cap = 1 << 20};

    gr_buf_add(&b, "", 0);
    for (unsigned i = 0; i < lines; i++)
        gr_buf_add(&b, (char[]){(char)('A' + i % n), '\n'}, 2);
    return b.data;
}

static void expect_letters(const struct steps *t, unsigned n, unsigned lines)
{
    char *want = letters(n, lines);

    gr_expect_out(t->r, t->p, want ? want : "");
    free(want);
}

/* Each letter has a process of its own, and enters its turn when all before it have had theirs. */
static void expect_processes(const struct steps *t, unsigned n, unsigned k)
{
    int pid_of[26] = {0};
    struct gr_hook h;
    unsigned turn = 0;

    for (size_t at = t->from; gr_hook_next(&t->s->calls, &at, &h);) {
        if (strcmp(h.what, "enter") != 0 || strcmp(h.kind, "turn") != 0)
            continue;
        gr_expect(t->r, h.i == (int)(turn % n),
                  "`%s`: turn %u belongs to %c, but kit_enter(\"turn\", %d) was called",
                  t->p->command, turn + 1, 'A' + turn % n, h.i);
        for (unsigned i = 0; i < n; i++)
            gr_expect(t->r, pid_of[i] != h.pid || i == turn % n,
                      "`%s`: one process (pid %d) takes the turns of %c and of %c; each letter "
                      "needs a process of its own",
                      t->p->command, h.pid, 'A' + i, 'A' + turn % n);
        pid_of[turn++ % n] = h.pid;
    }
    gr_expect(t->r, turn == n * k,
              "`%s`: kit_enter(\"turn\", ..) was called %u times in %u turns; the contract says "
              "where the hooks stand",
              t->p->command, turn, n * k);
}

static void run_turns(struct gr_run *r, unsigned n, unsigned k)
{
    char line[64];
    struct steps t;

    snprintf(line, sizeof line, "turns %u %u", n, k);
    t = start_steps(r, line, NULL);
    gr_expect_exit(r, t.p, 0);
    expect_letters(&t, n, n * k);
    expect_processes(&t, n, k);
}

void turns_in_order(struct gr_run *r)
{
    run_turns(r, 3, 2);
    run_turns(r, 2, 20 + gr_random(r, 30));
    run_turns(r, 4 + gr_random(r, 6), 10);
    run_turns(r, 26, 4);
}

void turns_wait_for_the_late(struct gr_run *r)
{
    static const char *const late[] = {"stop=at:want.turn.0:1", "stop=at:want.turn.2:2", NULL};
    static const char *const slow[] = {"stop=at:enter.turn.1:1", NULL};
    struct steps t = start_steps(r, "turns 4 3", late);
    int pid = expect_held(&t, "want.turn.0", "process A did not come to its first turn");

    expect_still(&t);
    expect_letters(&t, 4, 0);
    gr_resume(t.s, pid);
    expect_held(&t, "want.turn.2", "process C did not come to its second turn");
    expect_still(&t);
    expect_letters(&t, 4, 6);
    expect_good_end(&t);
    expect_letters(&t, 4, 12);

    t = start_steps(r, "turns 3 2", slow);
    expect_held(&t, "enter.turn.1", "process B did not get its first turn");
    expect_still(&t);
    expect_letters(&t, 3, 1);
    expect_good_end(&t);
    expect_letters(&t, 3, 6);
}

/* How `meet` may end: both arrive, in either order, then both leave, in either order. */
static void expect_met(const struct steps *t)
{
    const char *out = gr_buf_text(&t->p->outbuf);
    static const char *const ways[] = {
        "arrive 1\narrive 2\nleave 1\nleave 2\n", "arrive 1\narrive 2\nleave 2\nleave 1\n",
        "arrive 2\narrive 1\nleave 1\nleave 2\n", "arrive 2\narrive 1\nleave 2\nleave 1\n"};

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(out, ways[i]) == 0)
            return;
    gr_expect_bytes(t->r,
                    "the output of `meet` (the first two lines and the last two may change places)",
                    out, t->p->outbuf.len, ways[0], strlen(ways[0]));
}

/* Hold one before it arrives: the other one must wait. Then hold one after it met: the other one
 * must be free to go. */
static void meet_with_one_held(struct gr_run *r, int held)
{
    char want_rule[40], enter_rule[40], want[32];
    const char *const late[] = {want_rule, NULL}, *const slow[] = {enter_rule, NULL};
    struct steps t;

    snprintf(want_rule, sizeof want_rule, "stop=at:want.meet.%d", held);
    snprintf(enter_rule, sizeof enter_rule, "stop=at:enter.meet.%d", held);
    t = start_steps(r, "meet", late);
    expect_held(&t, want_rule + strlen("stop=at:"), "one of the two did not come at all");
    expect_still(&t);
    snprintf(want, sizeof want, "arrive %d\n", 3 - held);
    gr_expect_out(r, t.p, want);
    expect_good_end(&t);
    expect_met(&t);

    t = start_steps(r, "meet", slow);
    expect_held(&t, enter_rule + strlen("stop=at:"), "both have arrived, and one does not go on");
    snprintf(want, sizeof want, "leave %d\n", 3 - held);
    expect_still(&t);
    gr_expect(r, strstr(gr_buf_text(&t.p->outbuf), want) != NULL,
              "both have met, but process %d waits until process %d has left, too", 3 - held, held);
    expect_good_end(&t);
    expect_met(&t);
}

void meet_both_ways(struct gr_run *r)
{
    meet_with_one_held(r, 1);
    meet_with_one_held(r, 2);
}

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
        gr_fail(t->r, GR_FAIL, "`%s`: line %d is none of the contract: \"%.60s\"", t->p->command,
                number, line);
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

static void expect_rounds(const struct steps *t, int n, int rounds)
{
    struct rounds b;

    expect_good_end(t);
    read_rounds(t, &b, n);
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

void order_survives_interrupts(struct gr_run *r)
{
    struct steps t = start_interrupted(r, "turns 5 20");

    gr_expect_exit(r, t.p, 0);
    expect_letters(&t, 5, 100);
    t = start_interrupted(r, "barrier 4 20");
    expect_rounds(&t, 4, 20);
    t = start_interrupted(r, "meet");
    expect_good_end(&t);
    expect_met(&t);
}

static void all_turns(const struct steps *t)
{
    expect_letters(t, 4, 200);
}

static void all_rounds(const struct steps *t)
{
    expect_rounds(t, 3, 20);
}

void order_after_a_killed_run(struct gr_run *r)
{
    static const char *const rules[] = {"stop=at:enter.turn.2:2", NULL};
    struct steps t = start_steps(r, "turns 4 50", rules), next;

    expect_held(&t, "enter.turn.2", "process C did not get its second turn");
    gr_kill_hooked(t.p, t.from);
    next = start_prog(r, "turns 4 50",
                      (struct gr_prog){.remark = "after a run that was ended by kill -9"});
    expect_good_end(&next);
    all_turns(&next);
    expect_old_names_ignored(&t, "turns 4 50", all_turns);
    t = start_steps(r, "barrier 3 20", NULL);
    expect_good_end(&t);
    expect_old_names_ignored(&t, "barrier 3 20", all_rounds);
    t = start_steps(r, "meet", NULL);
    expect_good_end(&t);
    expect_old_names_ignored(&t, "meet", expect_met);
}

void order_refuses_bad_arguments(struct gr_run *r)
{
    static const char *const bad[][5] = {
        {"turns", NULL},
        {"turns", "3", NULL},
        {"turns", "1", "5", NULL},
        {"turns", "27", "5", NULL},
        {"turns", "3", "0", NULL},
        {"turns", "3", "1001", NULL},
        {"turns", "-3", "5", NULL},
        {"turns", "3x", "5", NULL},
        {"turns", "", "5", NULL},
        {"turns", "3", "99999999999999999999", NULL},
        {"turns", "3", "5", "7", NULL},
        {"meet", "2", NULL},
        {"barrier", "3", NULL},
        {"barrier", "1", "3", NULL},
        {"barrier", "51", "3", NULL},
        {"barrier", "3", "0", NULL},
        {"barrier", "3", "1001", NULL},
        {"barrier", "4294967299", "3", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    expect_full_disk_told(r, "turns 3 2");
    expect_full_disk_told(r, "meet");
    expect_full_disk_told(r, "barrier 3 2");
    expect_largest_taken(r, "turns 26 1000", "want.turn.25");
    expect_largest_taken(r, "barrier 50 1000", "want.round.49");
}

static void run_all_three(struct gr_run *r)
{
    run_bare(r, "turns 4 3");
    run_bare(r, "meet");
    run_bare(r, "barrier 3 3");
}

void order_memory(struct gr_run *r)
{
    run_all_three(r);
}

void order_leaves_nothing(struct gr_run *r)
{
    static const char *const turn[] = {"stop=at:enter.turn.0:1", NULL};
    static const char *const meet[] = {"stop=at:want.meet.1", NULL};
    static const char *const round[] = {"stop=at:want.round.0:1", NULL};

    run_all_three(r);
    expect_quiet(r, "turns 3 2", turn, "enter.turn.0");
    expect_quiet(r, "meet", meet, "want.meet.1");
    expect_quiet(r, "barrier 3 2", round, "want.round.0");
}

void order_races(struct gr_run *r)
{
    static const char *const lines[] = {"turns 4 3", "meet", "barrier 3 3", NULL};

    expect_no_races(r, lines);
}
