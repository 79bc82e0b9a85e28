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

enum { LONGEST = 512, LINES = 40 };

struct gr_proc *start_chat(struct gr_run *r, struct gr_prog prog, int *port)
{
    static const char *const argv[] = {"chatd", "room", "0", NULL};
    struct gr_proc *p = start_server(r, prog, argv);

    *port = port_of(r, p);
    return p;
}

static void enter_chat(struct gr_run *r, struct gr_peer *c, const char *nick)
{
    char line[64];

    snprintf(line, sizeof line, "nick %s\n", nick);
    gr_peer_say(c, line);
    snprintf(line, sizeof line, "ok %s\n", nick);
    expect_heard(r, c, nick, line, strlen(line));
}

struct gr_peer *join_chat(struct gr_run *r, const char *path, int port, const char *nick)
{
    struct gr_peer *c = client_at(r, path, port);

    enter_chat(r, c, nick);
    return c;
}

/* Wait for the whole line behind @from; leave if it does not come. */
static void expect_line(struct gr_run *r, struct gr_peer *c, size_t from, const char *who,
                        const char *line)
{
    bool came = gr_peer_wait_line(c, from, line);

    if (!came) {
        r->rec.expected = gr_xasprintf("%s\n", line);
        r->rec.actual = gr_escape(gr_buf_text(&c->in) + from, c->in.len - from, 400);
    }
    gr_expect_came(r, came, "%s should hear `%s`", who, line);
}

/* What @c heard since @from must be @text. */
static void expect_since(struct gr_run *r, struct gr_peer *c, size_t from, const char *who,
                         const char *text)
{
    size_t n = strlen(text);
    bool came = gr_peer_wait_bytes(c, from + n);

    gr_expect_came(r, came, "%s should hear %zu bytes more, and heard %zu", who, n,
                   c->in.len - from);
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
    gr_expect_exit(r, p, 1);
    gr_expect_err(r, p, true);
    gr_expect(r, S_ISREG(gr_jail_mode(r->scene, "file")), "`file`, which is no socket, has gone");
    start_chat(r, (struct gr_prog){0}, &port);
    gr_expect(r, (gr_jail_mode(r->scene, "room") & 07777) == 0600,
              "the socket `room` should have mode 0600, and has 0%o",
              (unsigned)gr_jail_mode(r->scene, "room") & 07777);
    gr_peer_close(client_at(r, NULL, port));
    gr_peer_close(client_at(r, "room", 0));
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
    gr_peer_say(c, "nick Ann_1-x\n");
    expect_since(r, c, from, "a client whose nick is taken", "error taken\n");
    from = c->in.len;
    gr_peer_say(c, "nick sixteen letters\nnick exactly-16-chars\n");
    expect_since(r, c, from, "a client that finds its nick", "error nick\nok exactly-16-chars\n");
    join_chat(r, NULL, port, "ann_1-x"); /* another one: letters differ by case */
    join_chat(r, "room", 0, "x");
}

/* @lines lines by @nick, added to @b as the others hear them; the caller frees what is to be said.
 */
static char *some_lines(struct gr_run *r, const char *nick, struct gr_buf *b, int lines)
{
    struct gr_buf say = {.cap = 1 << 20};
    char head[32];

    for (int i = 0; i < lines; i++) {
        char *text = letters(r, gr_random(r, 100));

        if (i == 1) /* a text like any other */
            memcpy(text, "nick x", strlen(text) < 6 ? strlen(text) : 6);
        gr_buf_add(b, head, (size_t)snprintf(head, sizeof head, "%s: ", nick));
        gr_buf_add(b, text, strlen(text));
        gr_buf_add(b, "\n", 1);
        gr_buf_add(&say, text, strlen(text));
        gr_buf_add(&say, "\n", 1);
        free(text);
    }
    return say.data;
}

/* Six clients, half of them on each socket; each speaks in its turn, the others hear. */
void chatd_passes_on(struct gr_run *r)
{
    static const char *const nick[] = {"ann", "bob", "cat", "dan", "eve", "fay"};
    enum { N = sizeof nick / sizeof *nick };
    struct gr_buf want[N];
    struct gr_peer *c[N], *nameless;
    int port;
    struct gr_proc *p = start_chat(r, (struct gr_prog){0}, &port);

    hold(r, p); /* so they come all at once */
    for (int i = 0; i < N; i++)
        c[i] = client_at(r, i % 2 ? "room" : NULL, port);
    gr_signal(p, SIGCONT);
    for (int i = 0; i < N; i++) {
        char line[32];

        want[i] = (struct gr_buf){.cap = 1 << 20};
        enter_chat(r, c[i], nick[i]);
        gr_buf_add(&want[i], line, (size_t)snprintf(line, sizeof line, "ok %s\n", nick[i]));
        snprintf(line, sizeof line, "join %s\n", nick[i]);
        for (int k = 0; k < i; k++)
            gr_buf_add(&want[k], line, strlen(line));
    }
    nameless = client_at(r, NULL, port); /* hears nothing, and is heard by nobody */
    gr_peer_say(nameless, "hello\n");
    expect_heard(r, nameless, "a client without a nick", "error nick\n", 11);
    for (int i = 0; i < 2 * N; i++) {
        struct gr_buf heard = {.cap = 1 << 20};
        char *say = some_lines(r, nick[i % N], &heard, LINES);

        gr_peer_say(c[i % N], say);
        for (int k = 0; k < N; k++) {
            if (k != i % N)
                gr_buf_add(&want[k], heard.data, heard.len);
            expect_heard(r, c[k], nick[k], want[k].data, want[k].len);
        }
        gr_buf_release(&heard);
        free(say);
    }
    for (int i = 0; i < N; i++)
        gr_buf_release(&want[i]);
    expect_heard(r, nameless, "a client without a nick", "error nick\n", 11);
}

/* By its end, by closing, by a reset, and while lines wait for it. */
void chatd_tells_who_left(struct gr_run *r)
{
    int port;
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
    gr_peer_close(join_chat(r, "room", 0, "reset")); /* the nick is free again */
    gr_peer_close(client_at(r, "room", 0));          /* nobody knows it: nobody is told */
    c = join_chat(r, "room", 0, "deaf");
    c->mute = true;
    fill_deaf(r, ann, bob, c, NULL);
    gr_peer_close(c);
    expect_line(r, bob, 0, "bob", "leave deaf");
    gr_peer_say(ann, "who is left?\n");
    expect_line(r, bob, 0, "bob", "ann: who is left?");
    gr_expect(r, !strstr(gr_buf_text(&bob->in), "the last line"),
              "what came without a newline is no line, and should be said to nobody");
}

/* A line of 512 bytes is the longest; a client that sends 512 bytes without a newline goes. */
static void expect_longest(struct gr_run *r, struct gr_peer *ann, struct gr_peer *bob, int port)
{
    char *text = letters(r, LONGEST), line[LONGEST + 16];
    struct gr_peer *c = join_chat(r, NULL, port, "long");

    snprintf(line, sizeof line, "bob: %.*s", LONGEST - 1, text);
    gr_peer_send(bob, text, LONGEST - 1);
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
    struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 50, .eagain = 15};
    struct gr_buf want = {.cap = 1 << 20};
    int port;
    struct gr_peer *ann, *bob, *late;
    size_t from;
    char *say;

    start_chat(r, (struct gr_prog){.inject = &in}, &port);
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
    expect_longest(r, ann, bob, port);
    free(say);
    gr_buf_release(&want);
}

/* What had come before the signal is still passed on: the server is held while both come. */
void chatd_ends_politely(struct gr_run *r)
{
    static const char *const hasty[] = {"chatd", "room", "0", "1", NULL};
    static const char *const patient[] = {"chatd", "room", "0", "60", NULL};

    for (int i = 0; i < 2; i++) {
        struct gr_proc *p = start_server(r, (struct gr_prog){0}, i ? hasty : patient);
        struct gr_peer *ann = join_chat(r, "room", 0, "ann");
        struct gr_peer *bob = join_chat(r, NULL, port_of(r, p), "bob");

        expect_line(r, ann, 0, "ann", "join bob");
        if (i == 1) { /* one that does not read holds nobody up for longer than the grace */
            struct gr_peer *deaf = join_chat(r, "room", 0, "deaf");

            deaf->mute = true;
            fill_deaf(r, ann, bob, deaf, NULL);
        }
        gr_wait_asleep(p); /* it has nothing left to do: the signal finds it waiting */
        hold(r, p);
        gr_peer_say(ann, "one\ntwo\n");
        gr_signal(p, SIGTERM);
        gr_signal(p, SIGCONT);
        expect_line(r, bob, 0, "bob", "ann: two");
        gr_expect_came(r, gr_peer_wait_end(bob),
                       "after SIGTERM bob should get the end of his "
                       "connection");
        gr_expect_exit(r, p, 0);
        expect_removed(r, "room");
    }
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
    expect_longest(r, ann, bob, port);
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
