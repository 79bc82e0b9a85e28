/* SPDX-License-Identifier: MIT */
/* Lab 03, part 3C: scenarios in which the grader is one of the two sides, and sees every byte. */
#include "../../labs/03-message-queues/calc.h"
#include "03_message_queues.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HEAD = offsetof(struct calc_request, expr) - sizeof(long), ANSWER = 2 * sizeof(int64_t) };

/* The server's two queues, as this suite plays it; or as a student's calcd has made them. */
struct queues {
    int requests, replies;
};

static struct queues serve_raw(struct gr_run *r)
{
    struct gr_scene *s = gr_scene(r);
    struct queues q = {-1, -1};
    int key;

    make_keyfile(r);
    if (gr_sysv_key(s, "keyfile", CALC_REQUESTS, &key) == 0)
        q.requests = gr_sysv_make(s, key, 0600);
    if (gr_sysv_key(s, "keyfile", CALC_REPLIES, &key) == 0)
        q.replies = gr_sysv_make(s, key, 0600);
    if (q.requests == -1 || q.replies == -1)
        gr_fail(r, GR_INFRA, "cannot make queues in the jail: %s", strerror(errno));
    return q;
}

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

static bool looks_like_address(const char *text, size_t len)
{
    uint64_t v = 0;

    if (len < sizeof v)
        return false;
    memcpy(&v, text, sizeof v);
    return v >> 47 == 0 && v >> 32 != 0 && (v >> 40 == 0x7f || v >> 40 == 0x55 || v >> 40 == 0x56);
}

/* The next request; @p is who should have sent it. */
static struct gr_letter *take_request(struct gr_run *r, const struct queues *q, struct gr_proc *p)
{
    struct gr_letter *l = gr_xcalloc(1, sizeof *l);

    if (gr_sysv_take(r->scene, q->requests, 0, l))
        return l;
    gr_expect_no_misuse(r);
    gr_expect_going(r);
    gr_expect_alive(r, p);
    gr_fail(r, GR_FAIL, "no request came from `%s`", p->command);
}

static void expect_request(struct gr_run *r, const struct queues *q, const struct gr_letter *l,
                           const struct gr_proc *p, const char *expr)
{
    size_t len = strlen(expr);
    int32_t head[2];

    gr_expect(r, l->kind == CALC_REQUEST, "the type of a request is %d; calc sent one of type %ld",
              CALC_REQUEST, l->kind);
    gr_expect(r, l->len != HEAD + len + sizeof(long),
              "the request is %zu bytes long, %zu too many: the size given to msgsnd() does not "
              "count the long mtype, only what stands behind it",
              l->len, sizeof(long));
    gr_expect(r, l->len <= HEAD || !looks_like_address(l->text + HEAD, l->len - HEAD),
              "where the expression should be, the request holds what looks like an address of "
              "calc's memory: a pointer means nothing in another process. Send the bytes it "
              "points to");
    gr_expect(r, l->len == HEAD + len,
              "a request with an expression of %zu bytes is %d + %zu bytes long; this one has %zu",
              len, (int)HEAD, len, l->len);
    gr_expect_bytes(r, "the expression in the request", l->text + HEAD, len, expr, len);
    memcpy(head, l->text, sizeof head);
    gr_expect(r, head[0] == p->pid, "pid in the request is %d; calc's process id is %d", head[0],
              p->pid);
    gr_expect(r, head[1] == q->requests || head[1] == q->replies,
              "reply_to in the request is %d: not the id of one of the server's queues", head[1]);
}

static void reply_to(struct gr_run *r, const struct gr_letter *l, int64_t status, int64_t value)
{
    const int64_t answer[2] = {status, value};
    int32_t head[2];

    memcpy(head, l->text, sizeof head);
    if (!gr_sysv_put(r->scene, head[1], head[0], answer, sizeof answer))
        gr_expect_going(r);
}

void calc_keeps_to_the_wire(struct gr_run *r)
{
    struct queues q = serve_raw(r);
    int64_t value = -5000000000 - (int64_t)gr_random(r, 1000000); /* no int */
    char expr[48];
    struct gr_letter *l;
    struct gr_proc *p;

    snprintf(expr, sizeof expr, "%u + %u", gr_random(r, 100000), gr_random(r, 100000));
    for (int64_t status = CALC_OK; status <= CALC_OVERFLOW; status++) {
        p = start_calc(r, expr, &trace_only);
        l = take_request(r, &q, p);
        expect_request(r, &q, l, p, expr);
        reply_to(r, l, status, status == CALC_OK ? value : 0);
        if (status == CALC_OK)
            expect_result(r, p, value); /* the server's word, not calc's own arithmetic */
        else
            gr_expect_exit(r, p, 4);
        free(l);
    }
}

/* Both wait, the first one longer; then the second one's reply comes first. */
static void expect_own_reply(struct gr_run *r)
{
    struct queues q = serve_raw(r);
    struct gr_proc *a = start_calc(r, "1 + 1", &trace_only), *b;
    struct gr_letter *from_a = take_request(r, &q, a), *from_b;

    gr_wait_blocked(a, SYS_msgrcv, -1);
    b = start_calc(r, "2 + 2", &trace_only);
    from_b = take_request(r, &q, b);
    gr_wait_blocked(b, SYS_msgrcv, -1);
    gr_expect_going(r);
    reply_to(r, from_b, CALC_OK, 4);
    gr_wait_output(b, 2);
    gr_expect(r, a->outbuf.len == 0,
              "calc (pid %d) took the reply that was meant for pid %d: ask msgrcv() for the type "
              "that is your own process id, not for any message",
              a->pid, b->pid);
    expect_result(r, b, 4);
    reply_to(r, from_a, CALC_OK, 2);
    expect_result(r, a, 2);
    free(from_a);
    free(from_b);
    gr_sysv_remove(r->scene, q.requests);
    gr_sysv_remove(r->scene, q.replies);
}

void calc_takes_only_its_own(struct gr_run *r)
{
    enum { CLIENTS = 20, LONG = 100 };
    struct gr_proc *p[CLIENTS];
    char expr[LONG + 1];

    expect_own_reply(r);
    start_calcd(r, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(expr, sizeof expr, "%-98d*3", i);
        p[i] = start_calc(r, expr, NULL);
    }
    for (int i = 0; i < CLIENTS; i++)
        expect_result(r, p[i], 3LL * i);
}

/* A request as a client would send it. Its pid is a number no process has. */
static void ask_raw(struct gr_run *r, const struct queues *q, int32_t pid, const char *expr,
                    size_t len)
{
    char text[4096];
    const int32_t head[2] = {pid, q->replies};

    memcpy(text, head, sizeof head);
    memcpy(text + sizeof head, expr, len);
    if (!gr_sysv_put(r->scene, q->requests, CALC_REQUEST, text, sizeof head + len))
        gr_expect_going(r);
}

static void expect_answer(struct gr_run *r, const struct queues *q, struct gr_proc *calcd,
                          int32_t pid, int64_t status, int64_t value)
{
    struct gr_letter *l = gr_xcalloc(1, sizeof *l);
    int64_t got[2] = {-1, -1};

    if (!gr_sysv_take(r->scene, q->replies, pid, l)) {
        gr_expect_going(r);
        gr_ends_now(calcd);
        gr_expect_alive(r, calcd);
        gr_fail(r, GR_FAIL, "calcd did not answer");
    }
    gr_expect(r, l->len == ANSWER, "a reply is %d bytes long, without mtype; this one has %zu",
              (int)ANSWER, l->len);
    memcpy(got, l->text, sizeof got);
    free(l);
    if (status == CALC_SYNTAX)
        gr_expect(r, got[0] != CALC_OK,
                  "calcd computed a request that is longer than any may be, from the part that it "
                  "had read (the result was %lld). With MSG_NOERROR a message is cut and nobody "
                  "is told: answer with CALC_SYNTAX",
                  (long long)got[1]);
    gr_expect(r, got[0] == status && got[1] == value,
              "the reply should be status %lld, value %lld; it is status %lld, value %lld",
              (long long)status, (long long)value, (long long)got[0], (long long)got[1]);
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

void calcd_answers_raw_requests(struct gr_run *r)
{
    enum { MUCH = 1500 };
    char much[MUCH + 1];
    struct gr_proc *calcd;
    struct queues q;

    make_keyfile(r);
    calcd = start_calcd(r, NULL);
    q = find_queues(r);
    ask_raw(r, &q, 400001, "20 + 22", 7);
    expect_answer(r, &q, calcd, 400001, CALC_OK, 42);
    ask_raw(r, &q, 400002, "1 / 0", 5);
    expect_answer(r, &q, calcd, 400002, CALC_DIVISION, 0);
    snprintf(much, sizeof much, "%-*s9", MUCH - 1, "1 + 2");
    ask_raw(r, &q, 400003, much, MUCH);
    expect_answer(r, &q, calcd, 400003, CALC_SYNTAX, 0);
    ask_garbage(r, &q);
    snprintf(much, sizeof much, "%-*s", CALC_EXPR_MAX, "1 + 2");
    ask_raw(r, &q, 400004, much, CALC_EXPR_MAX);
    expect_answer(r, &q, calcd, 400004, CALC_OK, 3);
    expect_no_other_answer(r, &q);
    gr_signal(calcd, SIGKILL);
    gr_wait_exit(calcd);
    ask_raw(r, &q, 400005, "5 * 5", 5); /* its queues are still there, and so is this */
    calcd = start_calcd(r, NULL);
    expect_answer(r, &q, calcd, 400005, CALC_OK, 25);
}

static void expect_failure(struct gr_run *r, struct gr_proc *p)
{
    gr_wait_exit(p);
    gr_expect_no_misuse(r);
    gr_expect_exit(r, p, 1);
    gr_expect_out(r, p, "");
    gr_expect_complaint(r, p);
}

/* It should end at once; whoever prints READY has taken the -1 of ftok() for a key. */
static void expect_no_server(struct gr_run *r)
{
    static const char *const argv[] = {"calcd", "no-such-file", NULL};
    struct gr_proc *p = gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = &trace_only});

    gr_wait_output(p, 1);
    gr_expect_no_misuse(r);
    gr_expect(r, p->outbuf.len == 0, "`%s` printed READY although there is no such file",
              p->command);
    expect_failure(r, p);
}

/* The queues go while a client waits for its reply. */
static void expect_removed_queue(struct gr_run *r)
{
    struct queues q = serve_raw(r);
    struct gr_proc *p = start_calc(r, "1 + 1", &trace_only);

    free(take_request(r, &q, p));
    gr_wait_blocked(p, SYS_msgrcv, -1);
    gr_expect_going(r);
    gr_sysv_remove(r->scene, q.requests);
    gr_sysv_remove(r->scene, q.replies);
    expect_failure(r, p);
}

void calc_says_what_failed(struct gr_run *r)
{
    static const char *const bad[][5] = {{"calc", NULL},
                                         {"calc", "keyfile", NULL},
                                         {"calc", "keyfile", "1", "+ 1", NULL},
                                         {"calcd", NULL},
                                         {"calcd", "keyfile", "more", NULL}};
    static const char *const nofile[] = {"calc", "no-such-file", "1 + 1", NULL};
    char much[CALC_EXPR_MAX + 2];
    const char *long_one[] = {"calc", "keyfile", much, NULL};

    expect_no_server(r);
    expect_failure(r, gr_run_prog(r, &(struct gr_prog){.argv = nofile, .inject = &trace_only}));
    expect_removed_queue(r);
    expect_failure(r, start_calc(r, "1 + 1", &trace_only)); /* and now there is no server */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    snprintf(much, sizeof much, "%-*s", CALC_EXPR_MAX + 1, "1 + 2");
    gr_expect_usage(r, long_one);
}
