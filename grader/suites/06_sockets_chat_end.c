/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6C: how `chatd` ends. */
#include "06_sockets.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* MUCH is more than what may wait for a client; of FLOOD something is always on its way. */
enum { MUCH = 80 << 10, WIDTH = 400, FLOOD = 400 * 2048, TALKERS = 8 };

/* The server is held while bytes and signal come: for it the bytes were there before. */
static void say_and_end(struct gr_run *r, struct gr_proc *p, struct gr_peer *c, const char *text)
{
    gr_wait_asleep(p); /* it has nothing left to do: the signal finds it waiting */
    hold(r, p);
    gr_peer_say(c, text);
    gr_signal(p, SIGTERM);
    gr_signal(p, SIGCONT);
}

/* What had come before the signal is still passed on. */
static void expect_said(struct gr_run *r)
{
    static const char *const patient[] = {"chatd", "room", "0", "60", NULL};
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, patient);
    struct gr_peer *ann = join_chat(r, "room", 0, "ann");
    struct gr_peer *bob = join_chat(r, NULL, port_of(r, p), "bob");

    expect_line(r, ann, 0, "ann", "join bob");
    say_and_end(r, p, ann, "one\ntwo\n");
    expect_line(r, bob, 0, "bob", "ann: two");
    expect_end_after_term(r, p, bob, "after SIGTERM bob, who is quiet,");
    expect_end(r, p);
    expect_only_ready(r, p);
    expect_removed(r, "room");
}

/* Eighty KiB had come; bob reads, so they do not wait for him all at once. */
static void expect_much_said(struct gr_run *r)
{
    static const char *const patient[] = {"chatd", "room", "0", "60", NULL};
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, patient);
    struct gr_peer *ann = join_chat(r, "room", 0, "ann");
    struct gr_peer *bob = join_chat(r, NULL, port_of(r, p), "bob");
    struct gr_buf want = {.cap = 1 << 20};
    char *text = letters(r, MUCH);

    expect_line(r, ann, 0, "ann", "join bob");
    gr_buf_add(&want, "ok bob\n", 7);
    for (size_t i = 0; i < MUCH; i += WIDTH) {
        size_t n = i + WIDTH < MUCH ? WIDTH : MUCH - i;

        text[i + n - 1] = '\n';
        gr_buf_add(&want, "ann: ", 5);
        gr_buf_add(&want, text + i, n);
    }
    say_and_end(r, p, ann, text);
    expect_end_after_term(r, p, bob, "after SIGTERM bob, who reads all the time,");
    gr_expect_bytes_because(
        r, "what bob heard", gr_buf_text(&bob->in), bob->in.len, want.data, want.len,
        "what had arrived before SIGTERM is still said, and bob reads: give him "
        "what waits before you queue more");
    expect_end(r, p);
    gr_buf_release(&want);
    free(text);
}

/* What waits for a client is still sent: it begins to read when the server already says goodbye,
 * and the grace is long. New clients are refused meanwhile. No send() takes all that it could. */
static void expect_rest_sent(struct gr_run *r)
{
    static const char *const patient[] = {"chatd", "room", "0", "60", NULL};
    struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 100};
    struct gr_proc *p = start_server(r, (struct gr_prog){.inject = &in}, patient);
    struct gr_peer *ann = join_chat(r, "room", 0, "ann");
    struct gr_peer *bob = join_chat(r, NULL, port_of(r, p), "bob");
    struct gr_peer *late = join_chat(r, "room", 0, "late");
    struct gr_buf want = {.cap = 1 << 20};

    gr_buf_add(&want, "ok late\n", 8);
    late->mute = true;
    fill_deaf(r, ann, bob, late, &want);
    gr_wait_asleep(p);
    begin_goodbye(r, p, "room");
    late->mute = false;
    expect_end_after_term(r, p, late, "after SIGTERM a client that reads again");
    gr_expect_bytes_because(r, "what it heard", gr_buf_text(&late->in), late->in.len, want.data,
                            want.len,
                            "what waits for a client when SIGTERM comes is still sent, for GRACE "
                            "seconds, here 60: wait for POLLOUT until the queue is empty");
    expect_end(r, p);
    gr_buf_release(&want);
}

/* One that does not read holds nobody up for longer than the grace, which is 2 if none is given. */
static void expect_no_wait_for_deaf(struct gr_run *r)
{
    static const char *const usual[] = {"chatd", "room", "0", NULL};
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, usual);
    struct gr_peer *ann = join_chat(r, "room", 0, "ann");
    struct gr_peer *bob = join_chat(r, NULL, port_of(r, p), "bob");
    struct gr_peer *deaf = join_chat(r, "room", 0, "deaf");

    deaf->mute = true;
    fill_deaf(r, ann, bob, deaf, NULL);
    say_and_end(r, p, ann, "one\ntwo\n");
    expect_line(r, bob, 0, "bob", "ann: two");
    expect_end_within_grace(r, p, "2 seconds if none is given");
    expect_end_after_term(r, p, bob, "after SIGTERM bob");
    expect_removed(r, "room");
}

/* @n clients by TCP, so that the kernel has more at hand than the server takes while we are busy.
 * Without a nick they are heard by nobody. */
static void bring_talkers(struct gr_run *r, int port, struct gr_peer **c, int n)
{
    for (int i = 0; i < n; i++) {
        c[i] = client_at(r, NULL, port);
        gr_peer_say(c[i], "hello\n");
        expect_heard(r, c[i], "a client without a nick", "error nick\n", 11);
    }
}

static bool one_is_there(struct gr_peer *const *c, int n)
{
    for (int i = 0; i < n; i++)
        if (!c[i]->ended)
            return true;
    return false;
}

/* Who has said all begins again. Return: the bytes that all of them have sent. */
static size_t talk_on(struct gr_peer *const *c, int n, const char *text)
{
    size_t sum = 0;

    for (int i = 0; i < n; i++) {
        if (c[i]->out_len == 0)
            gr_peer_send(c[i], text, FLOOD);
        sum += c[i]->total_sent;
    }
    return sum;
}

/* Until the kernel takes no more: a server has to be faster than that to see an end of it. */
static void fill_kernel(struct gr_run *r, struct gr_peer *const *c, int n, const char *text)
{
    enum { SETTLE_MS = 20 };
    size_t before, sum = 0;

    do {
        int64_t until = gr_now_ms() + SETTLE_MS;

        before = sum;
        while (gr_now_ms() < until && r->scene->stop == GR_GO)
            gr_scene_pump(r->scene, 1);
        sum = talk_on(c, n, text);
    } while (sum != before && r->scene->stop == GR_GO);
}

/* Those that never stop to talk hold nobody up, either. They begin while the server is held in the
 * call that waits, where the signal is what it finds first. */
static void expect_no_wait_for_talkers(struct gr_run *r)
{
    static const char *const hasty[] = {"chatd", "room", "0", "0", NULL};
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, hasty);
    struct gr_peer *c[TALKERS];
    char *text = letters(r, FLOOD);

    for (size_t i = WIDTH - 1; i < FLOOD; i += WIDTH)
        text[i] = '\n';
    bring_talkers(r, port_of(r, p), c, TALKERS);
    gr_wait_asleep(p);
    hold(r, p);
    fill_kernel(r, c, TALKERS, text);
    gr_signal(p, SIGTERM);
    gr_signal(p, SIGCONT);
    while (!p->ended && r->scene->stop == GR_GO && one_is_there(c, TALKERS)) {
        talk_on(c, TALKERS, text);
        gr_scene_pump(r->scene, 1);
    }
    free(text);
    gr_expect_came(r, r->scene->stop == GR_GO,
                   "after SIGTERM, with a GRACE of 0 seconds, chatd should end although clients go "
                   "on talking");
    expect_end_within_grace(r, p, "0 seconds");
}

void chatd_ends_politely(struct gr_run *r)
{
    static const char *const argv[] = {"chatd", "room", "0", NULL};

    expect_said(r);
    expect_much_said(r);
    expect_rest_sent(r);
    expect_no_wait_for_deaf(r);
    expect_no_wait_for_talkers(r);
    expect_end_before_sleep(r, argv);
    expect_removed(r, "room");
}
