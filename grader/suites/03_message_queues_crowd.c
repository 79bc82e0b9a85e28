/* SPDX-License-Identifier: MIT */
/* Lab 03, part 3D: forty clients, whose requests are more than a queue holds. */
#include "../../labs/03-message-queues/calc.h"
#include "03_message_queues.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { CLIENTS = 40, FEW = 4 };

static struct gr_proc *ask_long(struct gr_run *r, int i)
{
    char expr[CALC_EXPR_MAX + 1];

    snprintf(expr, sizeof expr, "%-*d+ 1000", CALC_EXPR_MAX - 6, i);
    return start_calc(r, expr, NULL);
}

/* The command would be a line of a thousand blanks. */
static void expect_good_end(struct gr_run *r, struct gr_proc *p, int i)
{
    gr_wait_exit(p);
    if (r->scene->stop != GR_GO || !WIFEXITED(p->status) || WEXITSTATUS(p->status) == 0)
        return;
    r->about = p;
    gr_show_stderr(r, p);
    gr_fail(r, GR_FAIL,
            "`calc keyfile '%d + 1000'`, padded with blanks to %d bytes, should end with exit "
            "status 0; it ended with exit status %d",
            i, CALC_EXPR_MAX, WEXITSTATUS(p->status));
}

static void expect_answers(struct gr_run *r, struct gr_proc *const *p, int n)
{
    for (int i = 0; i < n; i++) {
        expect_good_end(r, p[i], i);
        expect_result(r, p[i], 1000LL + i);
    }
}

/* Did calcd, which a rule holds, just take a message? Nobody else's calls are in the log. */
static bool took_one(const struct gr_proc *calcd)
{
    struct gr_call c;
    bool took = false;

    for (size_t at = 0; gr_calls_next(&calcd->scene->calls, &at, "msgrcv", &c);)
        took = c.result >= 0;
    return took;
}

static bool said_ready(void *arg)
{
    return ((struct gr_proc *)arg)->outbuf.len > 0;
}

/* The clients are the programs that were started behind calcd. */
static bool all_answered(void *arg)
{
    const struct gr_proc *calcd = arg;
    const struct gr_scene *s = calcd->scene;

    for (size_t i = calcd->id + 1; i < s->nprocs; i++)
        if (!s->procs[i].ended)
            return false;
    return true;
}

static bool took_or_answered(void *arg)
{
    return (gr_is_held(arg) && took_one(arg)) || all_answered(arg);
}

/*
 * The server has taken its first request, and is slow. Meanwhile the queue fills up again, so that
 * no byte is free when it wants to answer: a server that uses one queue for both waits for ever.
 */
void crowd_with_slow_server(struct gr_run *r)
{
    static const char *const rules[] = {"stop=after:msgrcv:*", NULL};
    static const char *const argv[] = {"calcd", "keyfile", NULL};
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30), .trace = "msgrcv", .rules = rules};
    struct gr_proc *p[CLIENTS], *calcd;

    make_keyfile(r);
    calcd = gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = &in});
    gr_let_through_until(calcd, said_ready, calcd);
    gr_expect_ready(r, calcd);
    for (int i = 0; i < CLIENTS; i++)
        p[i] = ask_long(r, i);
    gr_let_through_until(calcd, took_or_answered, calcd);
    gr_wait_settled(r->scene); /* whoever can still send has done so */
    gr_let_through_until(calcd, all_answered, calcd);
    expect_answers(r, p, CLIENTS);
    gr_signal(calcd, SIGTERM);
    gr_let_through(calcd);
    gr_expect_exit(r, calcd, 0);
}

void crowd_at_once(struct gr_run *r)
{
    struct gr_proc *p[CLIENTS], *calcd;

    make_keyfile(r);
    calcd = start_calcd(r, NULL);
    for (int i = 0; i < CLIENTS; i++)
        p[i] = ask_long(r, i);
    expect_answers(r, p, CLIENTS);
    end_calcd(r, calcd);
}

void crowd_memory(struct gr_run *r)
{
    struct gr_proc *p[FEW], *calcd;

    make_keyfile(r);
    calcd = start_calcd(r, NULL);
    for (int i = 0; i < FEW; i++)
        p[i] = ask_long(r, i);
    expect_answers(r, p, FEW);
    end_calcd(r, calcd);
}

/* All of them at once, and SIGTERM when the last one has its answer. */
void crowd_leaves_nothing(struct gr_run *r)
{
    crowd_at_once(r);
    remove_keyfile(r);
}
