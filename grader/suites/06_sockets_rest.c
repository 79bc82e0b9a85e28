/* SPDX-License-Identifier: MIT */
/* Lab 06: the Bug hunt. */
#include "06_sockets.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EIGHT = 8, MIB = 1 << 20 };

/* Start hunt_1, and connect eight clients at the same moment: while it is held. The delays make
 * sure that each thread is slow where it may be. */
static struct gr_proc *start_crowd(struct gr_run *r, const char *const *rules, struct gr_peer **c)
{
    static const char *const argv[] = {"hunt_1", "sock", "8", NULL};
    struct gr_inject in = {.seed = 1, .rules = rules};
    struct gr_proc *p = start_server(r, (struct gr_prog){.inject = rules ? &in : NULL}, argv);

    hold(r, p);
    for (int i = 0; i < EIGHT; i++)
        c[i] = client_at(r, "sock", 0);
    gr_signal(p, SIGCONT);
    return p;
}

/* The number in a client's greeting. */
static int number_of(struct gr_run *r, struct gr_peer *c, int i)
{
    static const char head[] = "you are number ";
    size_t n = sizeof head - 1;
    int number;

    gr_expect_came(r, gr_peer_wait_bytes(c, n + 2),
                   "client %d of %d should be greeted; it never is", i + 1, EIGHT);
    number = c->in.len > n && strncmp(c->in.data, head, n) == 0 ? atoi(c->in.data + n) : 0;
    gr_expect(r, number > 0,
              "client %d of %d should be greeted with `you are number K`, not: %.60s", i + 1, EIGHT,
              c->in.data);
    return number;
}

/* What @c hears behind its greeting must be @text. */
static void expect_own_echo(struct gr_run *r, struct gr_peer *c, int i, const char *text)
{
    size_t from = c->in.len;

    gr_peer_say(c, text);
    gr_expect_came(r, gr_peer_wait_bytes(c, from + strlen(text)),
                   "client %d of %d should get back what it sent", i + 1, EIGHT);
    gr_expect_bytes(r, "the echo", c->in.data + from, c->in.len - from, text, strlen(text));
}

void hunt_1_answers_its_own(struct gr_run *r)
{
    static const char *const rules[] = {"delay=before:sem_wait:200ms", NULL};
    struct gr_peer *c[EIGHT];
    struct gr_proc *p = start_crowd(r, rules, c);
    char text[32];

    for (int i = 0; i < EIGHT; i++)
        number_of(r, c[i], i);
    for (int i = 0; i < EIGHT; i++) {
        snprintf(text, sizeof text, "client %d\n", i + 1);
        expect_own_echo(r, c[i], i, text);
        gr_peer_shut(c[i]);
    }
    for (int i = 0; i < EIGHT; i++)
        gr_expect_came(r, gr_peer_wait_end(c[i]),
                       "client %d of %d sent its end, and should get one back", i + 1, EIGHT);
    gr_expect_exit(r, p, 0);
}

void hunt_1_counts(struct gr_run *r)
{
    static const char *const rules[] = {"delay=before:send:100ms", NULL};
    struct gr_peer *c[EIGHT];
    bool seen[EIGHT + 1] = {false};
    struct gr_proc *p = start_crowd(r, rules, c);

    for (int i = 0; i < EIGHT; i++) {
        int number = number_of(r, c[i], i);

        gr_expect(r, number <= EIGHT && !seen[number],
                  "client %d of %d is number %d; so is another one, or there are not so many: two "
                  "threads took the same number",
                  i + 1, EIGHT, number);
        seen[number] = true;
        gr_peer_say(c[i], "0123456789");
        gr_peer_shut(c[i]);
    }
    gr_wait_exit(p);
    gr_expect_came(r, r->scene->stop == GR_GO, "after %d clients hunt_1 should end", EIGHT);
    gr_expect_out(r, p, "READY\nbytes 80\n");
    gr_expect_exit(r, p, 0);
}

/* Two clients; one sends a MiB before it reads. It is let go on only when nothing moves any more.
 */
void hunt_2_loses_nothing(struct gr_run *r)
{
    static const char *const argv[] = {"hunt_2", "sock", "2", NULL};
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, argv);
    struct gr_peer *c = client_at(r, "sock", 0), *d = client_at(r, "sock", 0);
    char *data = letters(r, MIB);

    (void)p;
    c->mute = true;
    gr_peer_send(c, data, MIB);
    gr_wait_stuck(r->scene);
    gr_peer_say(d, "meanwhile\n");
    expect_heard(r, d, "the other client", "meanwhile\n", 10);
    c->mute = false;
    expect_heard(r, c, "a client that sends a MiB before it reads", data, MIB);
    free(data);
}

void hunt_2_lets_go(struct gr_run *r)
{
    static const char *const argv[] = {"hunt_2", "sock", "3", NULL};
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, argv);
    struct gr_peer *c = client_at(r, "sock", 0), *d = client_at(r, "sock", 0);

    gr_peer_say(c, "one");
    expect_heard(r, c, "a client", "one", 3);
    gr_peer_say(d, "two");
    expect_heard(r, d, "a client", "two", 3);
    if (!gr_expect_no_spin(r, p)) /* nobody says anything */
        return;
    gr_peer_shut(c);
    gr_peer_close(d);
    if (!gr_expect_no_spin(r, p)) /* judged by that, and by nothing that its end leaves behind */
        return;
    gr_expect_came(r, gr_peer_wait_end(c), "a client sent its end, and should get one back");
    gr_peer_close(client_at(r, "sock", 0));
    gr_expect_exit(r, p, 0);
    expect_removed(r, "sock");
}
