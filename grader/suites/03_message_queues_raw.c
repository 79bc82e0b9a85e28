/* SPDX-License-Identifier: MIT */
/* Lab 03, part 3C: scenarios in which the grader is a client of `calcd`, a good one and a bad one.
 */
#include "../../labs/03-message-queues/calc.h"
#include "03_message_queues.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { HEAD = offsetof(struct calc_request, expr) - sizeof(long), ANSWER = 2 * sizeof(int64_t) };

static void expect_mode(struct gr_run *r, int queue)
{
    struct gr_queue_state state;

    if (gr_sysv_state(r->scene, queue, &state) == 0)
        gr_expect(r, state.mode == 0600,
                  "calcd's queues should have the mode 0600: only their owner sends and receives; "
                  "one has %04o",
                  state.mode);
}

/* A reply queue is calcd's choice. */
static struct queues find_queues(struct gr_run *r)
{
    struct gr_scene *s = r->scene;
    struct queues q = {-1, -1};
    int key;

    if (gr_sysv_key(s, "keyfile", CALC_REQUESTS, &key) == 0)
        q.requests = gr_sysv_find(s, key);
    if (q.requests == -1)
        gr_fail(r, GR_FAIL,
                "calcd printed READY, but there is no queue with the key ftok(KEYFILE, 'c'): %s",
                strerror(errno));
    if (gr_sysv_key(s, "keyfile", CALC_REPLIES, &key) == 0)
        q.replies = gr_sysv_find(s, key);
    if (q.replies == -1)
        q.replies = q.requests;
    expect_mode(r, q.requests);
    expect_mode(r, q.replies);
    return q;
}

/* A request as a client would send it. Its pid is a number no process has. */
static void ask_raw(struct gr_run *r, const struct queues *q, int32_t pid, const char *expr,
                    size_t len)
{
    char text[GR_QUEUE_MAX];
    const int32_t head[2] = {pid, q->replies};

    memcpy(text, head, sizeof head);
    memcpy(text + sizeof head, expr, len);
    if (!gr_sysv_put(r->scene, q->requests, CALC_REQUEST, text, sizeof head + len))
        gr_expect_going(r);
}

static const char *status_name(int64_t status)
{
    static const char *const names[] = {"CALC_OK", "CALC_SYNTAX", "CALC_DIVISION", "CALC_OVERFLOW"};

    return status >= CALC_OK && status <= CALC_OVERFLOW ? names[status] : "none of calc.h";
}

static void check_answer(struct gr_run *r, const struct gr_letter *l, int64_t status, int64_t value)
{
    int64_t got[2] = {-1, -1};

    gr_expect(r, l->len == ANSWER, "a reply is %d bytes long, without mtype; this one has %zu",
              (int)ANSWER, l->len);
    memcpy(got, l->text, sizeof got);
    if (status == CALC_SYNTAX)
        gr_expect(r, got[0] != CALC_OK,
                  "calcd computed a request that is longer than any may be, from the part that it "
                  "had read (the result was %lld). With MSG_NOERROR a message is cut and nobody "
                  "is told: answer with CALC_SYNTAX",
                  (long long)got[1]);
    gr_expect(r, got[0] == status && got[1] == value,
              "the reply should be status %lld (%s), value %lld; it is status %lld (%s), value "
              "%lld",
              (long long)status, status_name(status), (long long)value, (long long)got[0],
              status_name(got[0]), (long long)got[1]);
}

static void expect_answer(struct gr_run *r, const struct queues *q, struct gr_proc *calcd,
                          int32_t pid, int64_t status, int64_t value)
{
    struct gr_letter *l = gr_xcalloc(1, sizeof *l);

    if (!gr_sysv_take(r->scene, q->replies, pid, l)) {
        gr_expect_going(r);
        gr_ends_now(calcd);
        gr_expect_alive(r, calcd);
        gr_fail(r, GR_FAIL, "calcd did not answer");
    }
    check_answer(r, l, status, value);
    free(l);
}

/* The request was in the queue before calcd came: who empties or removes the queue at the start
 * leaves a client without its answer. */
static void expect_old_request_answered(struct gr_run *r, const struct queues *q, int32_t pid,
                                        int64_t value)
{
    struct gr_letter *l = gr_xcalloc(1, sizeof *l);
    struct gr_proc *calcd = start_calcd(r, NULL);
    struct gr_queue_state state = {0};

    if (!gr_sysv_take(r->scene, q->replies, pid, l)) {
        gr_expect_alive(r, calcd);
        gr_expect(r, gr_sysv_state(r->scene, q->requests, &state) == 0 && state.messages > 0,
                  "calcd was killed, then a request came, then calcd was started again: the "
                  "request is not in the queue any more, and there is no reply. A queue that is "
                  "there already is used as it is, and the requests in it are answered");
        gr_expect_going(r);
        gr_fail(r, GR_FAIL, "calcd did not answer a request that lay in its queue at the start");
    }
    check_answer(r, l, CALC_OK, value);
    free(l);
}

/* Nobody waits for an answer to these; what matters is that the next request gets one. */
static void ask_garbage(struct gr_run *r, const struct queues *q)
{
    const struct queues nowhere = {q->requests, 0x7fffff00};
    const int32_t head[2] = {400006, q->replies};

    gr_sysv_put(r->scene, q->requests, CALC_REQUEST, "", 0);
    gr_sysv_put(r->scene, q->requests, CALC_REQUEST, head, sizeof head[0]);
    gr_sysv_put(r->scene, q->requests, CALC_REQUEST, head, sizeof head - 1);
    gr_sysv_put(r->scene, q->requests, CALC_REQUEST, "abc", 3);
    ask_raw(r, q, 0, "1 + 1", 5);
    ask_raw(r, q, -5, "1 + 1", 5);
    ask_raw(r, &nowhere, 400000, "1 + 1", 5);
}

/* Nothing but the answers that were asked for, and taken, may have come. A calcd that looks at the
 * head of a message that has none finds there what the one before has left. */
static void expect_no_other_answer(struct gr_run *r, const struct queues *q)
{
    struct gr_letter *l = gr_xcalloc(1, sizeof *l);

    while (gr_sysv_take_now(r->scene, q->replies, 0, l) == 0)
        gr_expect(r, l->kind == CALC_REQUEST,
                  "calcd sent a reply of type %ld to a message that is no request: shorter than "
                  "its head of %d bytes, or with a pid or reply_to that cannot be. In such a "
                  "message there is no pid; what stands there is left of the one before. Look at "
                  "what msgrcv() returned before you look at the bytes",
                  l->kind, (int)HEAD);
    free(l);
}

_Noreturn static void no_answer_to_long(struct gr_run *r, struct gr_proc *calcd, size_t len)
{
    gr_expect_going(r);
    gr_ends_now(calcd);
    if (calcd->ended && WIFSIGNALED(calcd->status))
        gr_expect_alive(r, calcd);
    gr_show_stderr(r, calcd);
    gr_fail(r, GR_FAIL,
            "calcd %s when a request of %zu bytes came: one longer than any may be is answered "
            "with CALC_SYNTAX. Without MSG_NOERROR msgrcv() fails with E2BIG, and the message "
            "stays the first in the queue",
            calcd->ended ? "ended" : "did not answer", len);
}

/* A request longer than any may be, behind a good one: in a reply that is not filled in the 42
 * would still stand. */
static void expect_refused(struct gr_run *r, const struct queues *q, struct gr_proc *calcd,
                           const char *expr, size_t len)
{
    struct gr_letter *l = gr_xcalloc(1, sizeof *l);

    ask_raw(r, q, 400001, "20 + 22", 7);
    expect_answer(r, q, calcd, 400001, CALC_OK, 42);
    ask_raw(r, q, 400003, expr, len);
    if (!gr_sysv_take(r->scene, q->replies, 400003, l))
        no_answer_to_long(r, calcd, HEAD + len);
    check_answer(r, l, CALC_SYNTAX, 0);
    free(l);
}

void calcd_answers_raw_requests(struct gr_run *r)
{
    enum { MUCH = 8192 - HEAD }; /* with its head, what a kernel takes at most by default */
    char much[MUCH + 1];
    struct gr_proc *calcd;
    struct queues q;

    make_keyfile(r);
    calcd = start_calcd(r, NULL);
    q = find_queues(r);
    ask_raw(r, &q, 400002, "1 / 0", 5);
    expect_answer(r, &q, calcd, 400002, CALC_DIVISION, 0);
    snprintf(much, sizeof much, "%-*s", MUCH, "1 + 2");
    expect_refused(r, &q, calcd, much, CALC_EXPR_MAX + 1);
    expect_refused(r, &q, calcd, much, MUCH);
    ask_garbage(r, &q);
    snprintf(much, sizeof much, "%-*s", CALC_EXPR_MAX, "1 + 2");
    ask_raw(r, &q, 400004, much, CALC_EXPR_MAX);
    expect_answer(r, &q, calcd, 400004, CALC_OK, 3);
    expect_no_other_answer(r, &q);
    kill_whole(calcd);
    ask_raw(r, &q, 400005, "5 * 5", 5); /* its queues are still there, and so is this */
    expect_old_request_answered(r, &q, 400005, 25);
}
