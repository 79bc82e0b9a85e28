/* SPDX-License-Identifier: MIT */
/* Lab 03: the Bug hunt. */
#include "03_message_queues.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What hunt_1 prints of @words: each upside down, and its length. The caller frees it. */
static char *mirrored(const char *const *words)
{
    struct gr_buf b = {.cap = 4096};
    char line[64];

    for (; *words; words++) {
        size_t n = strlen(*words);

        for (size_t i = n; i > 0; i--)
            gr_buf_add(&b, *words + i - 1, 1);
        gr_buf_add(&b, line, (size_t)snprintf(line, sizeof line, " %zu\n", n));
    }
    return b.data;
}

enum { TEXT = 32 }; /* of struct word, which is given */

/* The size among the arguments: ID TYPE SIZE FLAGS of msgsnd(), ID SIZE TYPE FLAGS of msgrcv(). */
static unsigned long size_of(const struct gr_call *c)
{
    unsigned long type = 0, size = 0;
    char args[96];

    snprintf(args, sizeof args, "%.*s", (int)c->args_len, c->args);
    if (strcmp(c->name, "msgsnd") == 0)
        sscanf(args, "%*d %lu %lu", &type, &size);
    else
        sscanf(args, "%*d %lu", &size);
    return size;
}

/* Valgrind sees only bytes that are nobody's: a larger or a static struct hides the mistake from
 * it. So look at the sizes; and at who sends, since what is not sent cannot be too long. */
static void expect_sent_as_text(struct gr_run *r, const struct gr_proc *p, size_t words)
{
    size_t at = 0, back = 0;
    struct gr_call c;

    while (gr_calls_next(&r->scene->calls, &at, NULL, &c)) {
        if (strcmp(c.name, "msgsnd") != 0 && strcmp(c.name, "msgrcv") != 0)
            continue;
        gr_expect(r, size_of(&c) <= TEXT,
                  "hunt_1 gives %s() a size of %lu bytes. What is to go through the queue is the "
                  "text of a word, %d bytes of struct word; the rest lies behind the struct, even "
                  "if memory is there",
                  c.name, size_of(&c), TEXT);
        back += c.pid != p->pid && strcmp(c.name, "msgsnd") == 0 && c.result == 0;
    }
    gr_expect(r, back >= words,
              "hunt_1 printed %zu words, and its child sent %zu: each word is to go through the "
              "queue to the child, which turns it round, and back",
              words, back);
}

void hunt_1_repaired(struct gr_run *r)
{
    static const struct gr_inject sizes = {.trace = "msgsnd,msgrcv"};
    static const char *const argv[] = {"hunt_1", "queue", "x", "thirty-characters-are-the-most",
                                       NULL};
    struct gr_proc *p = gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = &sizes});
    char *want = mirrored(argv + 1);

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, want);
    gr_expect_exit(r, p, 0);
    free(want);
    expect_sent_as_text(r, p, sizeof argv / sizeof *argv - 2);
}

static struct gr_proc *start_hunt_2(struct gr_run *r, unsigned workers, unsigned n,
                                    const struct gr_inject *in)
{
    char p_text[16], n_text[16];
    const char *argv[] = {"hunt_2", p_text, n_text, NULL};

    snprintf(p_text, sizeof p_text, "%u", workers);
    snprintf(n_text, sizeof n_text, "%u", n);
    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = in});
}

static void expect_sum_of(struct gr_run *r, struct gr_proc *p, unsigned n)
{
    char want[64];

    snprintf(want, sizeof want, "sum %llu\n",
             (unsigned long long)n * (n + 1ull) * (2ull * n + 1) / 6);
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, want);
    gr_expect_exit(r, p, 0);
}

static void expect_sum(struct gr_run *r, unsigned workers, unsigned n)
{
    expect_sum_of(r, start_hunt_2(r, workers, n, NULL), n);
}

/* Messages that @p had sent by other processes, as the call log tells. */
static size_t sent_by_others(const struct gr_proc *p)
{
    struct gr_call c;
    size_t n = 0;

    for (size_t at = 0; gr_calls_next(&p->scene->calls, &at, NULL, &c);)
        n += strstr(c.name, "send") && c.result == 0 && c.pid != p->pid && gr_call_is_of(p, &c);
    return n;
}

/* The worker is held before it takes its first number; it is the first or the second process that
 * is forked, as a repair may have one that only sends. All others must sleep meanwhile. */
static void expect_work_by_worker(struct gr_run *r)
{
    enum { N = 100 };
    char first[48], second[48];
    const char *const rules[] = {first, second, NULL};
    const struct gr_inject in = {
        .trace = "mq_send,mq_receive,mq_timedsend,mq_timedreceive," GR_IDLE_TRACE, .rules = rules};
    size_t start = gr_scene(r)->nprocs;
    struct gr_proc *p;

    snprintf(first, sizeof first, "stop=before:mq_receive:1:%zu.1", start);
    snprintf(second, sizeof second, "stop=before:mq_receive:1:%zu.2", start);
    p = start_hunt_2(r, 1, N, &in);
    gr_wait_stopped(p);
    if (!p->ended)
        gr_expect_no_asking(r, p, "mq_send,mq_receive,mq_timedsend,mq_timedreceive");
    gr_let_through(p);
    expect_sum_of(r, p, N);
    gr_expect(r, sent_by_others(p) >= N,
              "`%s` had to come to %d squares, and its worker sent %zu: all squares are to come "
              "from the workers, through the queues",
              p->command, N, sent_by_others(p));
}

/* Numbers around what the queues and the workers hold: whoever sends more than that ahead is
 * stuck, with one worker first. */
void hunt_2_repaired(struct gr_run *r)
{
    expect_sum(r, 3, 5);
    expect_sum(r, 8, 1);
    expect_sum(r, 1, 10 + gr_random(r, 12));
    expect_sum(r, 1, 200 + gr_random(r, 200));
    expect_sum(r, 4, 1000);
    expect_sum(r, 8, 1000);
    expect_work_by_worker(r);
}

void hunt_2_leaves_nothing(struct gr_run *r)
{
    expect_sum(r, 2, 8);
}
