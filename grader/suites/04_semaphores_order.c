/* SPDX-License-Identifier: MIT */
/* Lab 04, part 4A: scenarios for `turns` and `meet`, and what holds for `barrier`, too. */
#include "04_semaphores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Child @i is held when it has posted for the first time: what it had to print is in print. */
static void turns_print_first(struct gr_run *r, int i)
{
    char post[40], semop[40];
    const char *const rules[] = {post, semop, NULL};
    struct steps t;
    unsigned lines = 0;

    snprintf(post, sizeof post, "stop=after:sem_post:1:%zu.%d", gr_scene(r)->nprocs, i);
    snprintf(semop, sizeof semop, "stop=after:semop:2:%zu.%d", gr_scene(r)->nprocs, i);
    t = start_steps(r, "turns 3 2", rules);
    expect_still(&t);
    for (const char *at = gr_buf_text(&t.p->outbuf); (at = strchr(at, '\n')); at++)
        lines++;
    expect_letters(&t, 3, lines < 6 ? lines : 6);
    expect_good_end(&t);
    expect_letters(&t, 3, 6);
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
    turns_print_first(r, 1);
    turns_print_first(r, 2);
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

/* Child @i is held when it has told the other one that it is there: its line is in print. */
static void meet_prints_first(struct gr_run *r, int i)
{
    char post[40], semop[40];
    const char *const rules[] = {post, semop, NULL};
    struct steps t;
    const char *out;

    snprintf(post, sizeof post, "stop=after:sem_post:1:%zu.%d", gr_scene(r)->nprocs, i);
    snprintf(semop, sizeof semop, "stop=after:semop:1:%zu.%d", gr_scene(r)->nprocs, i);
    t = start_steps(r, "meet", rules);
    expect_still(&t);
    out = gr_buf_text(&t.p->outbuf);
    gr_expect(r, !strstr(out, "leave") || (strstr(out, "arrive 1\n") && strstr(out, "arrive 2\n")),
              "one of the two leaves, and the other one has not yet printed that it arrived: print "
              "before you post");
    expect_good_end(&t);
    expect_met(&t);
}

void meet_both_ways(struct gr_run *r)
{
    meet_prints_first(r, 1);
    meet_prints_first(r, 2);
    meet_with_one_held(r, 1);
    meet_with_one_held(r, 2);
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
    static const char first_line[] = "into a file that has room for one line";
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
    expect_short_file_told(r, "meet", sizeof "arrive 1", first_line);
    expect_short_file_told(r, "barrier 3 2", sizeof "round 1 in 0", first_line);
    expect_failed_call_told(r, "turns 3 2");
    expect_failed_call_told(r, "meet");
    expect_failed_call_told(r, "barrier 3 2");
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
    /* Last, as the next run might clear away what these leave. */
    expect_full_disk_told(r, "turns 3 2");
    expect_full_disk_told(r, "meet");
    expect_full_disk_told(r, "barrier 3 2");
}

void order_races(struct gr_run *r)
{
    static const char *const lines[] = {"turns 4 3", "meet", "barrier 3 3", NULL};

    expect_no_races(r, lines);
}
