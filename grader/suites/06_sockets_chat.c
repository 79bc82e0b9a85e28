/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6C: scenarios for `chatd`, but for those about slow readers. */
#include "06_sockets.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LONGEST = 512 };

struct gr_proc *start_chat(struct gr_run *r, struct gr_prog prog, int *port)
{
    static const char *const argv[] = {"chatd", "room", "0", NULL};
    struct gr_proc *p = start_server(r, prog, argv);

    *port = port_of(r, p);
    return p;
}

void enter_chat(struct gr_run *r, struct gr_peer *c, const char *nick)
{
    size_t from = c->in.len;
    char line[64];

    snprintf(line, sizeof line, "nick %s\n", nick);
    gr_peer_say(c, line);
    snprintf(line, sizeof line, "ok %s\n", nick);
    expect_since(r, c, from, nick, line);
}

struct gr_peer *join_chat(struct gr_run *r, const char *path, int port, const char *nick)
{
    struct gr_peer *c = client_at(r, path, port);

    enter_chat(r, c, nick);
    return c;
}

void expect_line(struct gr_run *r, struct gr_peer *c, size_t from, const char *who,
                 const char *line)
{
    bool came = gr_peer_wait_line(c, from, line);

    if (!came) {
        r->rec.expected = gr_xasprintf("%s\n", line);
        r->rec.actual = gr_escape(gr_buf_text(&c->in) + from, c->in.len - from, 400);
    }
    gr_expect_came(r, came, "%s should hear `%s`", who, line);
}

void expect_since(struct gr_run *r, struct gr_peer *c, size_t from, const char *who,
                  const char *text)
{
    size_t n = strlen(text);
    bool came = wait_heard(c, from, text, n);

    gr_expect_came(r, came, "%s should hear %zu bytes more, and heard %zu", who, n,
                   c->in.len > from ? c->in.len - from : 0);
    gr_expect_bytes(r, who, gr_buf_text(&c->in) + from, c->in.len - from, text, n);
}

void chatd_checks_arguments(struct gr_run *r)
{
    static const char *const bad[][4] = {{NULL},
                                         {"room"},
                                         {"", "0"},
                                         {"room", "x"},
                                         {"room", ""},
                                         {"room", "65536"},
                                         {"room", "-1"},
                                         {"room", "0", "61"},
                                         {"room", "0", "1", "1"}};
    struct gr_proc *p;
    int port;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *argv[] = {"chatd", bad[i][0], bad[i][1], bad[i][2], bad[i][3], NULL};

        gr_expect_usage(r, argv);
    }
    put_file(r, "file", "precious\n", 0600);
    p = gr_run_args(r, NULL, "chatd", "file", "0", NULL);
    gr_expect_trouble(r, p);
    gr_expect(r, S_ISREG(gr_jail_mode(r->scene, "file")), "`file`, which is no socket, has gone");
    start_chat(r, (struct gr_prog){0}, &port);
    gr_expect(r, (gr_jail_mode(r->scene, "room") & 07777) == 0600,
              "the socket `room` should have mode 0600, and has 0%o",
              (unsigned)gr_jail_mode(r->scene, "room") & 07777);
    gr_peer_close(client_at(r, NULL, port));
    gr_peer_close(client_at(r, "room", 0));
    expect_loopback_only(r, port);
}

void chatd_knows_nicks(struct gr_run *r)
{
    static const char *const bad[] = {"nick \n",    "nick\n",           "\n",
                                      "hello\n",    "nick two words\n", "nick seventeen-letters\n",
                                      "nick a:b\n", "nick  a\n",        "NICK a\n",
                                      "nick a\r\n", "nick \303\251\n"};
    int port;
    struct gr_peer *c;
    size_t from;

    start_chat(r, (struct gr_prog){0}, &port);
    join_chat(r, "room", 0, "Ann_1-x");
    c = client_at(r, NULL, port);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        from = c->in.len;
        gr_peer_say(c, bad[i]);
        expect_since(r, c, from, "a client whose nick is wrong", "error nick\n");
    }
    from = c->in.len;
    gr_peer_send(c, "nick a\0b\n", 9);
    expect_since(r, c, from, "a client whose nick holds a '\\0'", "error nick\n");
    from = c->in.len;
    gr_peer_say(c, "nick Ann_1-x\n");
    expect_since(r, c, from, "a client whose nick is taken", "error taken\n");
    from = c->in.len;
    gr_peer_say(c, "nick sixteen letters\nnick exactly-16-chars\n");
    expect_since(r, c, from, "a client that finds its nick", "error nick\nok exactly-16-chars\n");
    join_chat(r, NULL, port, "ann_1-x"); /* another one: letters differ by case */
    join_chat(r, "room", 0, "x");
}

/* Of clients that never got a nick nobody hears: not of one that said nothing, nor of one that
 * wanted @taken, the nick of another. When they get their end they have gone for the server, too.
 */
static void leave_nameless(struct gr_run *r, struct gr_peer *ann, struct gr_peer *bob, int port)
{
    static const char *const say[] = {NULL, "hello\n", "nick ann\n", "nick half"};
    size_t from = bob->in.len;

    for (size_t i = 0; i < 2 * sizeof say / sizeof *say; i++) {
        struct gr_peer *c = client_at(r, i % 2 ? "room" : NULL, port);

        if (say[i / 2])
            gr_peer_say(c, say[i / 2]);
        gr_peer_shut(c);
        gr_expect_came(r, gr_peer_wait_end(c),
                       "a client that sent its end should get the server's");
        gr_peer_close(c);
    }
    gr_peer_say(ann, "who was it?\n");
    expect_since(r, bob, from, "bob, after clients without a nick have come and gone,",
                 "ann: who was it?\n");
}

/* One byte more than the longest line, its newline with it in one piece: who looks for a newline
 * first finds one. */
static void leave_by_long_line(struct gr_run *r, struct gr_peer *bob)
{
    struct gr_peer *c = join_chat(r, "room", 0, "long");
    char *text = letters(r, LONGEST + 1);

    text[LONGEST] = '\n';
    gr_peer_send(c, text, LONGEST + 1);
    gr_expect_came(r, gr_peer_wait_line(bob, 0, "leave long"),
                   "a client sent a line of %d bytes, newline included, which is one too many: it "
                   "should be dropped, and bob hear `leave long`",
                   LONGEST + 1);
    gr_expect(r, !strstr(gr_buf_text(&bob->in), "long: "),
              "a line of %d bytes is too long, and should be said to nobody", LONGEST + 1);
    free(text);
}

static void expect_left(struct gr_run *r, const struct gr_peer *bob, const char *line, int times)
{
    int heard = 0;

    for (const char *at = gr_buf_text(&bob->in); (at = strstr(at, line)); at += strlen(line))
        heard++;
    gr_expect(r, heard == times,
              "bob should hear `%.*s` once for each client of that name, %d in all, and hears it "
              "%d times",
              (int)strlen(line) - 1, line, times, heard);
}

/* By its end, by closing, by a reset, and while lines wait for it. */
void chatd_tells_who_left(struct gr_run *r)
{
    int port;
    size_t from;
    struct gr_peer *ann, *bob, *c;

    start_chat(r, (struct gr_prog){0}, &port);
    ann = join_chat(r, "room", 0, "ann");
    bob = join_chat(r, NULL, port, "bob");
    c = join_chat(r, "room", 0, "ended");
    gr_peer_say(c, "the last line, without its newline");
    gr_peer_shut(c);
    expect_line(r, ann, 0, "ann", "leave ended");
    expect_line(r, bob, 0, "bob", "leave ended");
    gr_expect_came(r, gr_peer_wait_end(c), "a client that sent its end should get the server's");
    gr_peer_close(join_chat(r, NULL, port, "closed"));
    expect_line(r, bob, 0, "bob", "leave closed");
    gr_peer_reset(join_chat(r, NULL, port, "reset"));
    expect_line(r, bob, 0, "bob", "leave reset");
    from = bob->in.len;
    gr_peer_close(join_chat(r, "room", 0, "reset")); /* the nick is free again */
    expect_line(r, bob, from, "bob", "leave reset");
    leave_nameless(r, ann, bob, port);
    leave_by_long_line(r, bob);
    c = join_chat(r, "room", 0, "deaf");
    c->mute = true;
    fill_deaf(r, ann, bob, c, NULL);
    gr_peer_close(c);
    expect_line(r, bob, 0, "bob", "leave deaf");
    gr_peer_say(ann, "who is left?\n");
    expect_line(r, bob, 0, "bob", "ann: who is left?");
    gr_expect(r, !strstr(gr_buf_text(&bob->in), "the last line"),
              "what came without a newline is no line, and should be said to nobody");
    expect_left(r, bob, "leave ended\n", 1);
    expect_left(r, bob, "leave closed\n", 1);
    expect_left(r, bob, "leave reset\n", 2);
    expect_left(r, bob, "leave long\n", 1);
    expect_left(r, bob, "leave deaf\n", 1);
}

/* A line of 512 bytes is the longest; a client that sends 512 bytes without a newline goes. */
static void expect_longest(struct gr_run *r, struct gr_proc *p, struct gr_peer *ann,
                           struct gr_peer *bob, int port)
{
    char *text = letters(r, LONGEST), line[LONGEST + 16];
    struct gr_peer *c = join_chat(r, NULL, port, "long");

    snprintf(line, sizeof line, "bob: %.*s", LONGEST - 1, text);
    gr_peer_send(bob, text, LONGEST - 1);
    gr_wait_asleep(p); /* it has taken the 511 bytes */
    gr_peer_say(bob, "\n");
    expect_line(r, ann, 0, "ann", line);
    gr_peer_send(c, text, LONGEST);
    expect_line(r, ann, 0, "ann", "leave long");
    gr_expect_came(r, gr_peer_wait_end(c),
                   "a client that sent 512 bytes without a newline should "
                   "be let go");
    free(text);
}

void chatd_takes_lines_apart(struct gr_run *r)
{
    static const char *const rules[] = {"fail=accept:1:ECONNABORTED", "fail=accept4:1:ECONNABORTED",
                                        NULL};
    struct gr_inject in = {
        .seed = gr_random(r, UINT_MAX), .cut = 50, .eagain = 15, .eintr = 20, .rules = rules};
    struct gr_buf want = {.cap = 1 << 20};
    int port;
    struct gr_peer *ann, *bob, *late;
    struct gr_proc *p;
    size_t from;
    char *say;

    p = start_chat(r, (struct gr_prog){.inject = &in}, &port);
    ann = join_chat(r, "room", 0, "ann");
    bob = client_at(r, "room", 0);
    late = join_chat(r, NULL, port, "late");
    bob->dribble = true;
    gr_peer_say(bob, "nick bob\nfirst\n\nthird\n");
    expect_line(r, ann, 0, "ann", "bob: third");
    expect_since(r, ann, 7, "ann", "join late\njoin bob\nbob: first\nbob: \nbob: third\n");
    bob->dribble = false;
    from = ann->in.len;
    late->mute = true; /* for a while: 30 KiB must wait for it without harm */
    say = some_lines(r, "bob", &want, 500);
    gr_peer_say(bob, say);
    expect_since(r, ann, from, "ann", want.data);
    late->mute = false;
    expect_since(r, late, strlen("ok late\njoin bob\nbob: first\nbob: \nbob: third\n"), "late",
                 want.data);
    expect_longest(r, p, ann, bob, port);
    free(say);
    gr_buf_release(&want);
}

void chatd_memory(struct gr_run *r)
{
    int port;
    struct gr_proc *p = start_chat(r, (struct gr_prog){0}, &port);
    struct gr_peer *ann = join_chat(r, "room", 0, "ann"), *bob = join_chat(r, NULL, port, "bob");
    struct gr_peer *c;

    gr_peer_say(bob, "half a li");
    gr_peer_say(ann, "hello\n");
    expect_line(r, bob, 0, "bob", "ann: hello");
    gr_peer_say(bob, "ne\n");
    expect_line(r, ann, 0, "ann", "bob: half a line");
    expect_longest(r, p, ann, bob, port);
    c = join_chat(r, "room", 0, "deaf");
    c->mute = true;
    fill_deaf(r, ann, bob, c, NULL);
    gr_peer_reset(join_chat(r, NULL, port, "reset"));
    expect_line(r, ann, 0, "ann", "leave reset");
    client_at(r, "room", 0); /* says nothing at all */
    gr_peer_close(bob);
    expect_line(r, ann, 0, "ann", "leave bob");
    gr_peer_close(c);
    gr_peer_say(ann, "anybody?\n");
    expect_goodbye(r, p);
}

void chatd_keeps_no_descriptor(struct gr_run *r)
{
    int port;
    struct gr_proc *p = start_chat(r, (struct gr_prog){.nofile = 24}, &port);
    struct gr_peer *ann = join_chat(r, "room", 0, "ann");

    for (int i = 0; i < 100; i++) {
        struct gr_peer *c = client_at(r, i % 2 ? "room" : NULL, port);
        size_t from = ann->in.len;

        gr_peer_say(c, "nick x\n");
        if (!gr_peer_wait_line(c, 0, "ok x"))
            gr_fail(r, GR_LEFTOVER,
                    "with 24 descriptors, client %d of 100 got no answer, although the clients "
                    "before it had gone: their connections are still open",
                    i + 1);
        gr_peer_close(c);
        expect_line(r, ann, from, "ann", "leave x");
    }
    expect_goodbye(r, p);
    expect_removed(r, "room");
}
