/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6C: everybody hears everybody, among many who say nothing. */
#include "06_sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* MUCH is more than what may wait for a client: it must be offered what waits meanwhile. */
enum { LINES = 40, LONGEST = 512, ALL = 2 * CROWD, MUCH = 80 << 10, WIDTH = 400 };

static const char *const nick[] = {"ann", "bob", "cat", "dan", "eve", "sixteen_letters-"};

enum { N = sizeof nick / sizeof *nick };

char *some_lines(struct gr_run *r, const char *who, struct gr_buf *b, int lines)
{
    struct gr_buf say = {.cap = 1 << 20};
    char head[32];

    for (int i = 0; i < lines; i++) {
        char *text = letters(r, gr_random(r, 100));

        if (i == 1) /* a text like any other */
            memcpy(text, "nick x", strlen(text) < 6 ? strlen(text) : 6);
        gr_buf_add(b, head, (size_t)snprintf(head, sizeof head, "%s: ", who));
        gr_buf_add(b, text, strlen(text));
        gr_buf_add(b, "\n", 1);
        gr_buf_add(&say, text, strlen(text));
        gr_buf_add(&say, "\n", 1);
        free(text);
    }
    return say.data;
}

/* Many who come at once, and are answered; the last ones of each socket are to be the talkers, @c,
 * the others, @silent, say nothing more. */
static void crowd_in(struct gr_run *r, struct gr_proc *p, int port, struct gr_peer **c,
                     struct gr_peer **silent)
{
    struct gr_peer *all[ALL];
    int nc = 0, ns = 0;

    line_up_twice(r, p, "room", port, all);
    for (int i = 0; i < ALL; i++) {
        gr_peer_say(all[i], "hello\n");
        gr_expect_came(r, gr_peer_wait_bytes(all[i], 11),
                       "%d clients came at the same moment, and each should hear `error nick` when "
                       "its first line is no nick; number %d hears nothing",
                       ALL, i + 1);
        expect_heard(r, all[i], "a client without a nick", "error nick\n", 11);
        if (i % CROWD < CROWD - N / 2)
            silent[ns++] = all[i];
        else
            c[nc++] = all[i];
    }
}

/* All others should hear what @k says, all of it at once. */
static void speak(struct gr_run *r, struct gr_peer **c, struct gr_buf *want, int k,
                  const char *text, size_t n)
{
    size_t head = strlen(nick[k]);

    for (int i = 0; i < N; i++)
        for (const char *at = text, *nl; i != k && at < text + n; at = nl + 1) {
            nl = memchr(at, '\n', (size_t)(text + n - at));
            gr_buf_add(&want[i], nick[k], head);
            gr_buf_add(&want[i], ": ", 2);
            gr_buf_add(&want[i], at, (size_t)(nl + 1 - at));
        }
    gr_peer_send(c[k], text, n);
    for (int i = 0; i < N; i++)
        expect_heard(r, c[i], nick[i], want[i].data, want[i].len);
}

/* A line of all bytes but the newline, '\0' in its middle; and one of 512 bytes. */
static void speak_strangely(struct gr_run *r, struct gr_peer **c, struct gr_buf *want, int k)
{
    char *text = letters(r, LONGEST);

    for (int i = 0; i < 256; i++)
        text[i] = (char)(i + 100);
    text['\n' - 100 + 256] = 'n';
    text[255] = '\n';
    speak(r, c, want, k, text, 256);
    for (int i = 0; i < 256; i++)
        text[i] = 'x';
    text[LONGEST - 1] = '\n';
    speak(r, c, want, k, text, LONGEST);
    free(text);
}

/* Eighty KiB at once. Whoever reads is not to be dropped for it: the kernel alone takes the 16 KiB
 * that are too much for the server, however late we read. */
static void speak_much(struct gr_run *r, struct gr_peer **c, struct gr_buf *want)
{
    char *text = letters(r, MUCH);

    for (size_t i = WIDTH - 1; i < MUCH; i += WIDTH)
        text[i] = '\n';
    text[MUCH - 1] = '\n';
    speak(r, c, want, 0, text, MUCH);
    free(text);
}

static void enter_all(struct gr_run *r, struct gr_peer **c, struct gr_buf *want)
{
    char line[32];

    for (int i = 0; i < N; i++) {
        int n;

        want[i] = (struct gr_buf){.cap = 1 << 20};
        enter_chat(r, c[i], nick[i]);
        n = snprintf(line, sizeof line, "error nick\nok %s\n", nick[i]);
        gr_buf_add(&want[i], line, (size_t)n);
        n = snprintf(line, sizeof line, "join %s\n", nick[i]);
        for (int k = 0; k < i; k++)
            gr_buf_add(&want[k], line, (size_t)n);
    }
}

/* Six clients, half of them on each socket; each speaks in its turn, the others hear. */
void chatd_passes_on(struct gr_run *r)
{
    struct gr_peer *c[N], *silent[ALL - N];
    struct gr_buf want[N];
    int port;
    struct gr_proc *p = start_chat(r, (struct gr_prog){0}, &port);

    crowd_in(r, p, port, c, silent);
    enter_all(r, c, want);
    for (int i = 0; i < 2 * N; i++) {
        struct gr_buf heard = {.cap = 1 << 20};
        char *say = some_lines(r, nick[i % N], &heard, LINES);

        speak(r, c, want, i % N, say, strlen(say));
        speak_strangely(r, c, want, i % N);
        gr_buf_release(&heard);
        free(say);
    }
    speak_much(r, c, want);
    for (int i = 0; i < ALL - N; i++)
        expect_heard(r, silent[i], "a client without a nick", "error nick\n", 11);
    for (int i = 0; i < N; i++)
        gr_buf_release(&want[i]);
}
