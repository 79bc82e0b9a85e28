/* SPDX-License-Identifier: MIT */
/* Lab 03, part 3B: scenarios for `mqwatch`. */
#include "03_message_queues.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { QUEUES = 2, BURSTS = 4, BYTES_ONE = 100, BYTES_TWO = 600 };

/* Two planted queues, and for each the lines that mqwatch must print of it. */
struct watch {
    struct gr_run *r;
    struct gr_proc *p;
    int queue[QUEUES];
    struct gr_buf want[QUEUES];
    unsigned sent;
    size_t bytes; /* of all output there must be */
};

static const char *const argv[] = {"mqwatch", "/one", "/two", NULL};

/* What it may ask; with notifications, of which the call log tells. */
static const struct gr_inject traced = {.trace = GR_MISUSE_TRACE "," GR_IDLE_TRACE,
                                        .handlers = true};

static struct watch plant_both(struct gr_run *r)
{
    struct watch w = {.r = r, .bytes = strlen("READY\n")};

    w.queue[0] = plant(r, "/one", 10, BYTES_ONE);
    w.queue[1] = plant(r, "/two", 5, BYTES_TWO);
    for (int i = 0; i < QUEUES; i++)
        w.want[i].cap = 65536;
    return w;
}

static void start_watch(struct watch *w, const struct gr_inject *in)
{
    w->p = gr_run_prog(w->r, &(struct gr_prog){.argv = argv, .inject = in});
}

static void put_this(struct watch *w, int which, const char *text)
{
    char line[BYTES_TWO + 8];
    int n = snprintf(line, sizeof line, "%d %s\n", which + 1, text);

    put_text(w->r, w->queue[which], 0, text);
    gr_buf_add(&w->want[which], line, (size_t)n);
    w->bytes += (size_t)n;
}

static void put_one(struct watch *w, int which)
{
    char text[40];

    snprintf(text, sizeof text, "message %u, %u", ++w->sent, gr_random(w->r, 1000000));
    put_this(w, which, text);
}

/* As long as a message of this queue may be: a '\0' behind it has no room in a buffer of that size.
 */
static void put_longest(struct watch *w, int which)
{
    char *whole = letters(w->r, which == 0 ? BYTES_ONE : BYTES_TWO);

    put_this(w, which, whole);
    free(whole);
}

/* Two into the first queue, one into the second: less than either holds, four times. */
static void put_burst(struct watch *w)
{
    put_one(w, 0);
    put_one(w, 1);
    put_one(w, 0);
}

/* The lines of one queue, in the order in which they were printed. */
static void pick(const char *text, int number, struct gr_buf *to)
{
    for (const char *line = text; *line;) {
        const char *nl = strchr(line, '\n');
        size_t n = nl ? (size_t)(nl - line) + 1 : strlen(line);

        if (line[0] == '0' + number && line[1] == ' ')
            gr_buf_add(to, line, n);
        line += n;
    }
}

/* Each queue's lines in their order; how the two mix is free. Nothing else is printed. */
static void expect_lines(struct watch *w)
{
    const char *text = gr_buf_text(&w->p->outbuf);

    for (int i = 0; i < QUEUES; i++) {
        struct gr_buf got = {.cap = 65536};
        char what[48];

        pick(text, i + 1, &got);
        snprintf(what, sizeof what, "what is printed of queue %d", i + 1);
        gr_expect_bytes(w->r, what, gr_buf_text(&got), got.len, gr_buf_text(&w->want[i]),
                        w->want[i].len);
        gr_buf_release(&got);
    }
    gr_expect(w->r, w->p->outbuf.len == w->bytes,
              "stdout holds lines beyond READY, `1 TEXT` and `2 TEXT`: %zu bytes, %zu expected",
              w->p->outbuf.len, w->bytes);
}

/* The same while mqwatch still has to run. */
static void expect_so_far(struct watch *w)
{
    gr_expect_going(w->r);
    if (w->p->outbuf.len < w->bytes)
        gr_ends_now(w->p);
    gr_expect_alive(w->r, w->p);
    expect_lines(w);
}

void watch_prints_both(struct gr_run *r)
{
    struct watch w = plant_both(r);

    put_burst(&w);
    put_longest(&w, 0);
    put_longest(&w, 1);
    put_this(&w, 0, "100%% of a text are printed as they are");
    start_watch(&w, NULL);
    gr_expect_ready(r, w.p);
    gr_wait_output(w.p, w.bytes);
    expect_so_far(&w);
    put_this(&w, 1, "");
    put_one(&w, 1);
    gr_wait_output(w.p, w.bytes);
    expect_so_far(&w);
    put_one(&w, 0);
    gr_wait_output(w.p, w.bytes);
    expect_so_far(&w);
}

/* Here who prints too little is stuck: the report tells what it waits for. */
void watch_sees_every_burst(struct gr_run *r)
{
    struct watch w = plant_both(r);

    start_watch(&w, &traced);
    gr_expect_ready(r, w.p);
    for (int i = 0; i < BURSTS; i++) {
        gr_wait_asleep(w.p);
        put_burst(&w);
        gr_wait_bytes(w.p, w.bytes);
        expect_so_far(&w);
    }
}

static bool printed_all(void *arg)
{
    const struct watch *w = arg;

    return w->p->outbuf.len >= w->bytes;
}

/* Bursts just before each mq_notify(): there a program that has emptied its queues already looks
 * away. One without mq_notify() gets its bursts while it sleeps. */
void watch_survives_gap(struct gr_run *r)
{
    static const char *const rules[] = {"stop=before:mq_notify:*", NULL};
    const struct gr_inject in = {
        .seed = gr_random(r, 1u << 30), .trace = GR_MISUSE_TRACE, .rules = rules};
    struct watch w = plant_both(r);

    start_watch(&w, &in);
    for (int bursts = 0; bursts < BURSTS && r->scene->stop == GR_GO && !w.p->ended; bursts++) {
        bool held = gr_wait_stopped(w.p);

        put_burst(&w);
        if (held)
            gr_resume_held(w.p);
    }
    gr_let_through_until(w.p, printed_all, &w);
    gr_expect_ready(r, w.p);
    gr_wait_bytes(w.p, w.bytes);
    expect_so_far(&w);
}

static void put_late(struct gr_run *r, void *arg)
{
    (void)r;
    put_burst(arg);
}

static void expect_untouched(struct watch *w)
{
    static const char *const names[] = {"/one", "/two"};

    for (int i = 0; i < QUEUES; i++) {
        int queue = gr_mq_find(w->r->scene, names[i]);

        gr_expect(w->r, queue != -1,
                  "mqwatch removed the queue %s, which is not its own: whoever made a queue "
                  "removes it",
                  names[i]);
        close(queue);
    }
}

/* Who has taken a message pauses with it: an mqwatch that ends without waiting for its threads and
 * children loses it. */
static void expect_end_with_work_in_hand(struct watch *w)
{
    static const char *const rules[] = {"delay=after:mq_receive:150ms",
                                        "delay=after:mq_timedreceive:150ms", NULL};
    const struct gr_inject slow = {.rules = rules};

    for (int i = 0; i < QUEUES; i++) {
        gr_buf_release(&w->want[i]);
        w->want[i] = (struct gr_buf){.cap = 65536};
    }
    w->bytes = strlen("READY\n");
    start_watch(w, &slow);
    gr_expect_ready(w->r, w->p);
    gr_term_after(w->r, w->p, put_late, w);
    gr_expect_exit(w->r, w->p, 0);
    expect_lines(w);
}

void watch_ends_on_term(struct gr_run *r)
{
    struct watch w = plant_both(r);

    put_burst(&w);
    start_watch(&w, &interrupting);
    gr_expect_ready(r, w.p);
    gr_wait_bytes(w.p, w.bytes);
    expect_so_far(&w);
    put_burst(&w);
    gr_wait_bytes(w.p, w.bytes);
    expect_so_far(&w);
    gr_wait_asleep(w.p);
    gr_expect_alive(r, w.p);
    gr_term_after(r, w.p, put_late, &w);
    gr_expect_exit(r, w.p, 0);
    expect_lines(&w);
    expect_untouched(&w);
    expect_end_with_work_in_hand(&w);
    gr_expect_term_before_sleep(r, &(struct gr_prog){.argv = argv});
    expect_untouched(&w);
}

static void expect_failure(struct gr_run *r, const char *const *words)
{
    struct gr_proc *p = gr_run_prog(r, &(struct gr_prog){.argv = words, .inject = &traced});

    gr_wait_exit(p);
    gr_expect_no_misuse(r);
    gr_expect_exit(r, p, 1);
    gr_expect_out(r, p, "");
    gr_expect_complaint(r, p);
}

void watch_says_what_failed(struct gr_run *r)
{
    static const char *const bad[][5] = {{"mqwatch", NULL},
                                         {"mqwatch", "/one", NULL},
                                         {"mqwatch", "/one", "/two", "/three", NULL},
                                         {"mqwatch", "one", "/two", NULL},
                                         {"mqwatch", "/one", "two", NULL}};

    expect_failure(r, argv);
    plant(r, "/one", 3, 30);
    expect_failure(r, argv); /* only the second one is missing now */
    gr_expect(r, gr_mq_find(r->scene, "/two") == -1, "mqwatch must not make a queue");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
}

void watch_handler_is_safe(struct gr_run *r)
{
    struct watch w = plant_both(r);

    put_one(&w, 0);
    start_watch(&w, &traced);
    gr_expect_ready(r, w.p);
    for (int i = 0; i < 2; i++) {
        gr_wait_output(w.p, w.bytes);
        gr_expect_no_misuse(r);
        gr_expect_alive(r, w.p);
        put_burst(&w);
    }
    gr_wait_output(w.p, w.bytes);
    gr_expect_no_misuse(r);
    gr_signal(w.p, SIGTERM);
    gr_wait_exit(w.p);
    gr_expect_no_misuse(r);
    gr_expect_exit(r, w.p, 0);
}

void watch_memory(struct gr_run *r)
{
    struct watch w = plant_both(r);

    put_burst(&w);
    start_watch(&w, NULL);
    gr_expect_ready(r, w.p);
    gr_wait_output(w.p, w.bytes);
    put_burst(&w);
    put_longest(&w, 0);
    put_longest(&w, 1);
    gr_wait_output(w.p, w.bytes);
    expect_so_far(&w);
    gr_signal(w.p, SIGTERM);
    gr_expect_exit(r, w.p, 0);
}

static void end_watch(struct watch *w)
{
    gr_expect_alive(w->r, w->p);
    gr_signal(w->p, SIGTERM);
    gr_expect_exit(w->r, w->p, 0);
    expect_untouched(w);
}

void watch_sleeps(struct gr_run *r)
{
    struct watch w = plant_both(r);
    bool calm;

    start_watch(&w, NULL);
    gr_expect_ready(r, w.p);
    put_burst(&w);
    gr_wait_output(w.p, w.bytes);
    calm = gr_expect_no_spin(r, w.p);
    end_watch(&w);
    if (calm) {
        start_watch(&w, &traced);
        gr_expect_ready(r, w.p);
        gr_expect_no_asking(r, w.p, "mq_receive,mq_timedreceive");
        end_watch(&w);
    }
}
