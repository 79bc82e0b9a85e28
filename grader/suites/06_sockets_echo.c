/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6B: scenarios for `echod`. */
#include "06_sockets.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum { BURST = 50, MIB = 1 << 20 };

static const char *const on_unix[] = {"echod", "sock", NULL};
static const char *const on_tcp[] = {"echod", "0", NULL};

void expect_echo_when(struct gr_run *r, struct gr_peer *c, const char *text, const char *when)
{
    size_t from = c->in.len, n = strlen(text);

    gr_peer_send(c, text, n);
    gr_expect_came(r, gr_peer_wait_bytes(c, from + n),
                   "%sa client sent %zu bytes, keeps its connection open, and should get them back",
                   when, n);
    gr_expect_bytes(r, "the echo", gr_buf_text(&c->in) + from, c->in.len - from, text, n);
}

void expect_echo(struct gr_run *r, struct gr_peer *c, const char *text)
{
    expect_echo_when(r, c, text, "");
}

void expect_all_back(struct gr_run *r, struct gr_peer *c, const char *data, size_t n)
{
    gr_peer_shut(c);
    gr_expect_came(r, gr_peer_wait_end(c),
                   "a client sent its end, and should get the server's: a connection is over only "
                   "when every process has closed its copy of the descriptor");
    gr_expect(r, c->error == 0, "the connection broke instead of ending: %s", strerror(c->error));
    gr_expect_bytes(r, "the echo", gr_buf_text(&c->in), c->in.len, data, n);
    gr_peer_close(c);
}

static void expect_large_echo(struct gr_run *r, struct gr_peer *c)
{
    size_t n = MIB + gr_random(r, MIB);
    char *data = letters(r, n);

    gr_peer_send(c, data, n);
    expect_all_back(r, c, data, n);
    free(data);
}

/* It must not start, but exit with 1. @why: what is wrong with its address. */
static void expect_trouble(struct gr_run *r, const char *const *argv, const char *why)
{
    struct gr_proc *p = gr_run_prog(r, &(struct gr_prog){.argv = argv});

    gr_wait_exit(p);
    gr_expect_came(r, r->scene->stop == GR_GO, "echod should exit with 1: %s", why);
    gr_expect_trouble(r, p);
    gr_expect_out(r, p, "");
}

/* Digits, and more: no port. */
static void expect_path_with_digit(struct gr_run *r)
{
    struct gr_proc *p = gr_run_args(r, NULL, "echod", "6sock", NULL);

    gr_expect_came(r, gr_wait_line(p, false, "READY"),
                   "`6sock` is not all digits, so it is a path, and echod should listen there and "
                   "print READY");
    gr_peer_close(client_at(r, "6sock", 0));
}

void echod_checks_its_address(struct gr_run *r)
{
    static const char *const bad[][3] = {
        {NULL},         {""},           {"65536"},    {"99999999999999999999"}, {"sock", "61"},
        {"sock", "-1"}, {"sock", "2s"}, {"sock", ""}, {"0", "1", "1"}};
    char path[120];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *argv[] = {"echod", bad[i][0], bad[i][1], bad[i][2], NULL};

        gr_expect_usage(r, argv);
    }
    memset(path, 'p', sizeof path);
    for (size_t n = 108; n <= 118; n += 10) { /* one byte too long, and more */
        const char *argv[] = {"echod", path, NULL};

        path[n] = '\0';
        expect_trouble(r, argv, "its path does not fit into a sockaddr_un (107 bytes and a NUL)");
        path[n] = 'p';
    }
    path[107] = '\0'; /* 107 bytes and the NUL just fit */
    start_server(r, (struct gr_prog){0}, (const char *const[]){"echod", path, NULL});
    gr_peer_close(client_at(r, path, 0));
    expect_path_with_digit(r);
    put_file(r, "file", "precious\n", 0600);
    expect_trouble(r, (const char *const[]){"echod", "file", NULL},
                   "something is at its path that is no socket");
    gr_expect(r, S_ISREG(gr_jail_mode(r->scene, "file")),
              "a file that is no socket must be left as it is; `file` has gone");
}

void echod_echoes_unix(struct gr_run *r)
{
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, on_unix);
    struct gr_peer *c;

    gr_expect_out(r, p, "READY\n");
    gr_expect(r, (gr_jail_mode(r->scene, "sock") & 07777) == 0600,
              "the socket `sock` should have mode 0600, and has 0%o",
              (unsigned)gr_jail_mode(r->scene, "sock") & 07777);
    c = client_at(r, "sock", 0);
    expect_echo(r, c, "one");
    expect_echo(r, c, "two\n");
    expect_all_back(r, c, "onetwo\n", 7);
    expect_all_back(r, client_at(r, "sock", 0), "", 0);
    expect_large_echo(r, client_at(r, "sock", 0));
}

void echod_echoes_tcp(struct gr_run *r)
{
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, on_tcp);
    int port = port_of(r, p);
    struct gr_peer *c = client_at(r, NULL, port);
    char zero[] = {'a', '\0', '\n', (char)0xff};

    expect_echo(r, c, "hello\n");
    expect_all_back(r, c, "hello\n", 6);
    c = client_at(r, NULL, port);
    gr_peer_send(c, zero, sizeof zero);
    expect_all_back(r, c, zero, sizeof zero);
    expect_loopback_only(r, port);
    expect_large_echo(r, client_at(r, NULL, port));
}

/* All come at once; some say nothing at first, one does not read; the others must not notice. */
static void serve_crowd(struct gr_run *r, struct gr_proc *p, const struct gr_peer_to *to)
{
    struct gr_peer *c[CROWD];
    char *much = letters(r, MIB);

    line_up(r, p, to, c);
    c[0]->mute = true;
    gr_peer_send(c[0], much, MIB);
    for (int i = CROWD - 1; i > 0; i--)
        expect_echo(r, c[i], "in between\n");
    gr_expect(r, gr_jail_processes(r->scene) >= CROWD - 1,
              "with %d clients there should be a process for each; there are %d beside the first",
              CROWD, gr_jail_processes(r->scene));
    for (int i = 1; i < CROWD; i++)
        expect_all_back(r, c[i], "in between\n", 11);
    c[0]->mute = false;
    expect_all_back(r, c[0], much, MIB);
    free(much);
}

void echod_serves_many(struct gr_run *r)
{
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, on_tcp);

    serve_crowd(r, p, &(struct gr_peer_to){.port = port_of(r, p)});
    gr_signal(p, SIGKILL); /* a later step brings it to end politely */
    gr_expect_signal(r, p, SIGKILL);
    p = start_server(r, (struct gr_prog){0}, on_unix);
    serve_crowd(r, p, &(struct gr_peer_to){.path = "sock"});
}

/* End the server while a client is connected: then the connection lingers on the server's side, in
 * TIME_WAIT. */
static void restart_tcp(struct gr_run *r)
{
    char port[16] = "";
    const char *argv[] = {"echod", "0", "0", NULL};

    for (int i = 0; i < 3; i++) {
        struct gr_proc *p = start_server(r, (struct gr_prog){0}, argv);
        struct gr_peer *c = client_at(r, NULL, port_of(r, p));

        gr_expect(r, i == 0 || atoi(port) == port_of(r, p), "started with port %s, it says %d",
                  port, port_of(r, p));
        snprintf(port, sizeof port, "%d", port_of(r, p));
        argv[1] = port;
        expect_echo(r, c, "x");
        gr_signal(p, SIGTERM);
        expect_end_after_term(r, p, c, "after SIGTERM, and 0 seconds of grace, a client");
        gr_peer_close(c);
        expect_end(r, p);
    }
}

void echod_restarts(struct gr_run *r)
{
    struct gr_proc *p, *q;
    struct gr_peer *c;

    restart_tcp(r);
    p = start_server(r, (struct gr_prog){0}, on_unix);
    expect_trouble(r, on_unix, "another server is alive at its path");
    c = client_at(r, "sock", 0);
    expect_echo(r, c, "still here\n");
    gr_peer_close(c);
    gr_wait_childless(r->scene); /* a child just forked would keep its copy of the socket */
    gr_signal(p, SIGKILL);
    gr_expect_signal(r, p, SIGKILL);
    q = start_server(r, (struct gr_prog){0}, on_unix); /* now it is stale */
    expect_echo(r, client_at(r, "sock", 0), "again\n");
    expect_goodbye(r, q);
    expect_removed(r, "sock");
}

void echod_lives_on(struct gr_run *r)
{
    static const char *const rules[] = {"fail=accept:1:ECONNABORTED", "fail=accept4:1:ECONNABORTED",
                                        NULL};
    struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 30, .eintr = 20, .rules = rules};
    struct gr_proc *p = start_server(r, (struct gr_prog){.inject = &in}, on_tcp);
    int port = port_of(r, p);
    char *much = letters(r, MIB);

    expect_echo(r, client_at(r, NULL, port), "first\n");
    for (int i = 0; i < 5; i++) { /* in the middle of its own echo, most of it unread */
        struct gr_peer *c = client_at(r, NULL, port);

        c->mute = true;
        gr_peer_send(c, much, MIB);
        gr_peer_reset(c);
    }
    gr_peer_reset(client_at(r, NULL, port)); /* perhaps before it is accepted */
    expect_large_echo(r, client_at(r, NULL, port));
    free(much);
}

void echod_memory(struct gr_run *r)
{
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, on_tcp);
    int port = port_of(r, p);
    struct gr_peer *c = client_at(r, NULL, port), *d = client_at(r, NULL, port);
    char *data = letters(r, 100000);

    gr_peer_send(c, data, 100000);
    expect_echo(r, d, "at the same time\n");
    expect_all_back(r, c, data, 100000);
    gr_peer_reset(d);
    expect_goodbye(r, p);
    free(data);
}

/* The parent is held while all children end, so that many SIGCHLD become one. */
void echod_reaps_bursts(struct gr_run *r)
{
    struct gr_proc *p = start_server(r, (struct gr_prog){0}, on_unix);
    struct gr_peer *c[BURST];
    int before; /* processes that serve nobody: one that accepts, say */

    gr_wait_asleep(p);
    before = gr_jail_processes(r->scene);
    gr_expect_going(r);
    for (int i = 0; i < BURST; i++) {
        c[i] = client_at(r, "sock", 0);
        expect_echo(r, c[i], "x");
    }
    /* A child may echo before its parent has closed its own copy of the client's descriptor. */
    gr_wait_asleep(p);
    hold(r, p);
    for (int i = 0; i < BURST; i++)
        gr_peer_shut(c[i]);
    for (int i = 0; i < BURST; i++)
        gr_expect_came(r, gr_peer_wait_end(c[i]), "a client sent its end, and should get one back");
    gr_wait_stuck(r->scene);
    gr_signal(p, SIGCONT);
    if (!gr_wait_childless(r->scene)) {
        int left = gr_jail_processes(r->scene) - before;

        gr_expect_going(r);
        if (left > 0)
            gr_fail(
                r, GR_LEFTOVER,
                "%d clients ended at once; %d of their processes are still there, as zombies: "
                "signals of one kind are not counted, so one SIGCHLD may stand for many children",
                BURST, left);
    }
    expect_echo(r, client_at(r, "sock", 0), "still alive\n");
    expect_goodbye(r, p);
    expect_removed(r, "sock");
}

void echod_keeps_no_descriptor(struct gr_run *r)
{
    struct gr_proc *p = start_server(r, (struct gr_prog){.nofile = 24}, on_unix);

    for (int i = 0; i < 100; i++) {
        struct gr_peer *c = client_at(r, "sock", 0);

        gr_peer_say(c, "x");
        if (!gr_peer_wait_bytes(c, 1))
            gr_fail(r, GR_LEFTOVER,
                    "with 24 descriptors, client %d of 100 got no echo, although the clients "
                    "before it had gone: their connections are still open somewhere",
                    i + 1);
        gr_peer_close(c);
    }
    expect_goodbye(r, p);
}
