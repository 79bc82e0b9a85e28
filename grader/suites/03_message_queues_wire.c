/* SPDX-License-Identifier: MIT */
/* Lab 03, part 3C: scenarios in which the grader is the server, and sees every byte of `calc`. */
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

enum { HEAD = offsetof(struct calc_request, expr) - sizeof(long) };

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

/* No server's queue: a calc that makes one waits there for nobody. */
static void expect_alone(struct gr_run *r)
{
    struct gr_proc *p = start_calc(r, "1 + 1", &trace_only);
    int key;

    gr_wait_exit(p);
    gr_expect_no_misuse(r);
    gr_expect(r,
              gr_sysv_key(r->scene, "keyfile", CALC_REQUESTS, &key) == -1 ||
                  gr_sysv_find(r->scene, key) == -1,
              "there was no server, and calc made the request queue itself (IPC_CREAT): then it "
              "waits for a reply that nobody will send. The queues are the server's; without them "
              "calc ends with exit status 1");
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
    expect_alone(r); /* and now there is no server */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    snprintf(much, sizeof much, "%-*s", CALC_EXPR_MAX + 1, "1 + 2");
    gr_expect_usage(r, long_one);
}
