/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6B: how `echod` ends. */
#include "06_sockets.h"

#include <errno.h>
#include <signal.h>

enum { TRIES = 2000, PAUSE_MS = 10, SOONEST_MS = 800 };

void begin_goodbye(struct gr_run *r, struct gr_proc *p, const char *path)
{
    bool refused = false;

    gr_signal(p, SIGTERM);
    for (int i = 0; i < TRIES && !refused; i++) {
        struct gr_peer *c =
            gr_peer_connect(r->scene, &(struct gr_peer_to){.path = path, .once = true});

        gr_expect_going(r);
        refused = c->fd == -1 && c->error != EAGAIN; /* a full queue is no refusal */
        gr_peer_close(c);
        gr_scene_pump(r->scene, PAUSE_MS);
    }
    gr_expect(r, refused,
              "after SIGTERM clients can still connect: a server that wants no more of "
              "them closes its listening socket");
    gr_wait_asleep(p);
}

/* SIGTERM while clients are served: who is busy may finish. Where somebody is cut off, the server
 * is another one, so that no clock decides who is in time. */
static void serve_to_the_end(struct gr_run *r)
{
    static const char late[] = "after SIGTERM, while the grace of 60 seconds lasts, ";
    static const char *const patient[] = {"echod", "sock", "60", NULL};
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, patient);
    struct gr_peer *c = client_at(r, "sock", 0), *d = client_at(r, "sock", 0);

    expect_echo(r, c, "before\n");
    expect_echo(r, d, "before\n");
    begin_goodbye(r, p, "sock");
    expect_echo_when(r, c, "after\n", late);
    expect_all_back(r, d, "before\n", 7);
    expect_echo_when(r, c, "later\n", late);
    gr_expect(r, !p->ended,
              "after SIGTERM, with a grace of 60 seconds, echod ended before its last client");
    expect_all_back(r, c, "before\nafter\nlater\n", 19);
    expect_end(r, p);
    expect_only_ready(r, p);
    expect_removed(r, "sock");
}

/* Without a GRACE it is 2: a client is served for a while, and not for long. Too short is what a
 * clock shows that started before the signal; too long, that another program sleeps 15 seconds
 * meanwhile. */
static void expect_default_grace(struct gr_run *r)
{
    static const char *const usual[] = {"echod", "sock", NULL};
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, usual);
    struct gr_peer *c = client_at(r, "sock", 0);
    int64_t since;

    expect_echo(r, c, "idle\n");
    since = gr_now_ms();
    gr_signal(p, SIGTERM);
    expect_end_within_grace(r, p, "2 seconds if none is given");
    expect_end_after_term(r, p, c, "an idle client");
    gr_expect(r, gr_now_ms() - since >= SOONEST_MS,
              "an idle client was closed as soon as SIGTERM came: where no GRACE is given, it is 2 "
              "seconds");
    expect_removed(r, "sock");
}

static void expect_short_grace(struct gr_run *r)
{
    static const char *const hasty[] = {"echod", "sock", "1", NULL};
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, hasty);
    struct gr_peer *c = client_at(r, "sock", 0);

    expect_echo(r, c, "idle\n");
    gr_signal(p, SIGTERM);
    expect_end_within_grace(r, p, "1 second");
    expect_end_after_term(r, p, c, "one second after SIGTERM an idle client");
    expect_removed(r, "sock");
}

void echod_ends_politely(struct gr_run *r)
{
    static const char *const argv[] = {"echod", "sock", NULL};

    serve_to_the_end(r);
    expect_short_grace(r);
    expect_default_grace(r);
    expect_end_before_sleep(r, argv);
    expect_removed(r, "sock");
}
