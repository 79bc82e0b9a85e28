/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5C: scenarios for `ledger`. Its workers are killed at kit points; what must be in
 * the accounts then is known to the coin, since each worker's transfers are always the same. */
#include "05_shared_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../labs/05-shared-memory/ledger.h"

enum { MOST = 16, TRIES = 5 };

static const char *const points[] = {"locked", "writing", "written", "half", "done"};
enum { NPOINTS = 5, FIRST_THAT_COUNTS = 2 }; /* from "written" on a transfer is made */

/* How many transfers each worker makes. */
struct plan {
    uint32_t n, t;
    uint32_t made[MOST + 1];
    uint32_t repairs;
};

static struct plan plan_of(uint32_t n, uint32_t t)
{
    struct plan p = {.n = n, .t = t};

    for (uint32_t w = 1; w <= n; w++)
        p.made[w] = t;
    return p;
}

/* Worker @w dies in its @k-th transfer, at points[@at]. Writes the rule. */
static void plan_death(struct plan *p, uint32_t w, uint32_t k, unsigned at, unsigned program,
                       char rule[64])
{
    p->made[w] = at >= FIRST_THAT_COUNTS ? k : k - 1;
    p->repairs++;
    snprintf(rule, 64, "kill=at:point.%s:%u:%u.%u", points[at], k, program, w);
}

static struct gr_proc *start_ledger(struct gr_run *r, const struct plan *plan,
                                    const char *const *rules)
{
    const struct gr_inject in = {.hooks = true, .rules = rules};
    char n[16], t[16];
    const char *argv[] = {"ledger", n, t, NULL};

    snprintf(n, sizeof n, "%u", plan->n);
    snprintf(t, sizeof t, "%u", plan->t);
    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = rules ? &in : NULL});
}

/* What `ledger` must print. The caller frees it. */
static char *report_of(const struct plan *p)
{
    int64_t balance[LEDGER_ACCOUNTS];
    char *text = gr_xcalloc(1, 1024);
    size_t len = 0;

    for (int i = 0; i < LEDGER_ACCOUNTS; i++)
        balance[i] = LEDGER_START;
    for (uint32_t w = 1; w <= p->n; w++)
        for (uint32_t k = 1; k <= p->made[w]; k++) {
            struct transfer t = ledger_transfer(w, k);

            balance[t.from] -= t.amount;
            balance[t.to] += t.amount;
        }
    for (int i = 0; i < LEDGER_ACCOUNTS; i++)
        len +=
            (size_t)snprintf(text + len, 1024 - len, "account %d %lld\n", i, (long long)balance[i]);
    snprintf(text + len, 1024 - len, "repairs %u\nsum %d\n", p->repairs,
             LEDGER_ACCOUNTS * LEDGER_START);
    return text;
}

static void expect_end(struct gr_run *r, struct gr_proc *p)
{
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_exit(r, p, 0);
}

static void expect_report(struct gr_run *r, struct gr_proc *p, const struct plan *plan)
{
    char *want = report_of(plan);

    expect_end(r, p);
    gr_expect_out(r, p, want);
    free(want);
}

/* Only the sum, and that the death was noticed. */
static void expect_sum(struct gr_run *r, struct gr_proc *p, const struct plan *plan)
{
    char repairs[32], sum[32];
    const char *text;

    expect_end(r, p);
    snprintf(repairs, sizeof repairs, "repairs %u\n", plan->repairs);
    snprintf(sum, sizeof sum, "\nsum %d\n", LEDGER_ACCOUNTS * LEDGER_START);
    text = gr_buf_text(&p->outbuf);
    gr_expect(r, strstr(text, sum) != NULL,
              "the sum of all accounts was 8000, and money must neither be made nor lost; now it "
              "is:%.40s",
              strstr(text, "\nsum ") ? strstr(text, "\nsum ") + 4 : " (no line `sum S`)");
    gr_expect(r, strstr(text, repairs) != NULL,
              "%u process(es) died with the lock, and each death should be repaired once, so "
              "`repairs %u`; the report says: %.20s",
              plan->repairs, plan->repairs,
              strstr(text, "repairs") ? strstr(text, "repairs") : "(nothing)");
}

/* A point that was never reached killed nobody. */
static void expect_point(struct gr_run *r, const char *name)
{
    char call[64];

    gr_expect_going(r);
    snprintf(call, sizeof call, "kit_point(\"%s\")", name);
    gr_expect(r, gr_hooks_count(&r->scene->calls, "point", name, -1) > 0,
              "ledger never called %s: the contract asks for it, so that the grader can kill a "
              "process just there",
              call);
}

static unsigned next_program(struct gr_run *r)
{
    return (unsigned)gr_scene(r)->nprocs;
}

void ledger_moves_money(struct gr_run *r)
{
    static const char *const bad[][5] = {
        {"ledger", NULL},
        {"ledger", "2", NULL},
        {"ledger", "0", "5", NULL},
        {"ledger", "17", "5", NULL},
        {"ledger", "2", "0", NULL},
        {"ledger", "2", "10001", NULL},
        {"ledger", "2", "5x", NULL},
        {"ledger", "-2", "5", NULL},
        {"ledger", "2", "3", "4"},
    };
    struct plan plan[] = {plan_of(1, 1), plan_of(2, 1000 + gr_random(r, 1000)), plan_of(16, 100)};

    for (size_t i = 0; i < sizeof plan / sizeof *plan; i++)
        expect_report(r, start_ledger(r, &plan[i], NULL), &plan[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    journal_is_kept(r);
}

/* Worker 1 of @n dies at points[@at]. */
static struct gr_proc *one_dies(struct gr_run *r, struct plan *plan, uint32_t n, unsigned at)
{
    char rule[64];
    const char *const rules[] = {rule, NULL};
    struct gr_proc *p;

    *plan = plan_of(n, 1000);
    plan_death(plan, 1, 1 + gr_random(r, 3), at, next_program(r), rule);
    p = start_ledger(r, plan, rules);
    gr_wait_exit(p);
    expect_point(r, points[at]);
    return p;
}

void ledger_outlives_an_owner(struct gr_run *r)
{
    struct plan plan;

    for (unsigned at = 0; at < NPOINTS; at++) {
        struct gr_proc *p = one_dies(r, &plan, 3, at);

        expect_sum(r, p, &plan);
    }
}

void ledger_keeps_transfers_whole(struct gr_run *r)
{
    struct plan plan;

    for (unsigned at = 0; at < NPOINTS; at++) {
        struct gr_proc *p = one_dies(r, &plan, 2, at);

        expect_report(r, p, &plan);
    }
    journal_survives_anywhere(r);
}

/* Two or three workers die, each at a point of its own, none in a repair. */
void ledger_outlives_two_owners(struct gr_run *r)
{
    for (unsigned round = 0; round < 3; round++) {
        char rule[3][64];
        const char *const rules[] = {rule[0], rule[1], rule[2], NULL};
        struct plan plan = plan_of(4, 1000);

        for (uint32_t w = 1; w <= 3; w++) {
            unsigned at = (round + w + gr_random(r, 2)) % NPOINTS;

            plan_death(&plan, w, 1 + gr_random(r, 20), at, next_program(r), rule[w - 1]);
        }
        expect_report(r, start_ledger(r, &plan, rules), &plan);
    }
}

/* Worker 1 dies, and so do workers 2 and 3, each in its first repair: the death of an owner is
 * noticed by whoever comes next, and that may be worker 4 or the first process, where nothing
 * happens. So it is tried until one did die in a repair. */
void ledger_outlives_a_repair(struct gr_run *r)
{
    for (int i = 0; i < TRIES; i++) {
        char rule[3][64];
        const char *const rules[] = {rule[0], rule[1], rule[2], NULL};
        struct plan plan = plan_of(3, 5000);
        unsigned program = next_program(r);
        struct gr_proc *p;
        const char *text;

        plan_death(&plan, 1, 1 + gr_random(r, 5), FIRST_THAT_COUNTS + (unsigned)i % 2, program,
                   rule[0]);
        snprintf(rule[1], sizeof rule[1], "kill=at:point.repair:1:%u.2", program);
        snprintf(rule[2], sizeof rule[2], "kill=at:point.repair:1:%u.3", program);
        p = start_ledger(r, &plan, rules);
        expect_end(r, p);
        expect_point(r, "repair");
        text = gr_buf_text(&p->outbuf);
        gr_expect(r, strstr(text, "\nsum 8000\n") != NULL,
                  "an owner died, and then the process that repaired its transfer; the sum should "
                  "be 8000: %.400s",
                  text);
        gr_expect(r, strstr(text, "\nrepairs 1\n") != NULL,
                  "an owner died, and then whoever was repairing its transfer; the repair that was "
                  "not finished does not count, so `repairs 1`; the report says: %.20s",
                  strstr(text, "repairs") ? strstr(text, "repairs") : "(nothing)");
        if (gr_hooks_count(&r->scene->calls, "point", "repair", -1) > 1)
            return;
    }
}

/* The only worker dies in its very first transfer: there is no complete entry, and a repair all the
 * same. */
static void nothing_to_store(struct gr_run *r, unsigned at)
{
    char rule[64];
    const char *const rules[] = {rule, NULL};
    struct plan plan = plan_of(1, 5);
    struct gr_proc *p;

    plan_death(&plan, 1, 1, at, next_program(r), rule);
    p = start_ledger(r, &plan, rules);
    expect_end(r, p);
    if (strstr(gr_buf_text(&p->outbuf), "\nrepairs 0\n"))
        gr_fail(r, GR_FAIL,
                "the only worker died in transfer 1, at kit_point(\"%s\"). There is no complete "
                "entry then, and nothing to store; but the owner did die, so ledger_lock() adds 1 "
                "to `repairs`: it is 0",
                points[at]);
    expect_report(r, p, &plan);
}

void ledger_outlives_all(struct gr_run *r)
{
    char rule[2][64];
    const char *const rules[] = {rule[0], rule[1], NULL};
    struct plan plan = plan_of(2, 500);
    unsigned program = next_program(r);

    plan_death(&plan, 1, 1 + gr_random(r, 50), 2, program, rule[0]);
    plan_death(&plan, 2, 1 + gr_random(r, 50), 1, program, rule[1]);
    expect_report(r, start_ledger(r, &plan, rules), &plan);
    nothing_to_store(r, 0); /* "locked" */
    nothing_to_store(r, 1); /* "writing" */
}

void ledger_together(struct gr_run *r)
{
    struct plan plan = plan_of(3, 20);

    expect_report(r, start_ledger(r, &plan, NULL), &plan);
}

/* Under the race lens: whether the accounts are right is judged elsewhere. */
void ledger_races(struct gr_run *r)
{
    struct plan plan = plan_of(3, 20);

    expect_end(r, start_ledger(r, &plan, NULL));
}

/* While one is held inside, the others sleep; nothing is left at the end. */
void ledger_waits_well(struct gr_run *r)
{
    static const char *const rules[] = {"stop=at:point.half", NULL};
    struct plan plan = plan_of(3, 50);
    struct gr_proc *p = start_ledger(r, &plan, rules);
    struct gr_call c = {.pid = 0};
    size_t at = 0;

    if (!gr_wait_held(r->scene, &at, "point.half", &c))
        expect_point(r, "half");
    gr_wait_still(r->scene);
    gr_expect_going(r);
    gr_expect(r,
              gr_hooks_count(&r->scene->calls, "point", "locked", -1) <=
                  gr_hooks_count(&r->scene->calls, "point", "done", -1) + 1,
              "one worker stood in the middle of a transfer, and another one began its own: the "
              "lock does not keep it out");
    do
        gr_let_go(r->scene);
    while (gr_wait_held(r->scene, &at, "point.half", &c));
    expect_report(r, p, &plan);
}
