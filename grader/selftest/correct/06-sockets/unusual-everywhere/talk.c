/* SPDX-License-Identifier: MIT */
/*
 * What the lines of a chat mean, and who is to hear what.
 *
 * What can be sent is sent at once; only the rest waits.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "room.h"

void talk_tell(struct client *c, const char *text, size_t n)
{
    ssize_t put = 0;
    char *out;

    if (c->gone)
        return;
    if (c->out_len == 0)
        put = send(c->fd, text, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put == -1 && errno != EAGAIN && errno != EINTR) {
        c->gone = 1;
        return;
    }
    text += put > 0 ? put : 0;
    n -= put > 0 ? (size_t)put : 0;
    if (n == 0) {
        if (c->out_len == 0) {
            free(c->out);
            c->out = NULL;
        }
        return;
    }
    if (n > ROOM_QUEUE - c->out_len || (out = realloc(c->out, ROOM_QUEUE)) == NULL) {
        c->gone = 1;
        return;
    }
    memcpy(out + c->out_len, text, n);
    c->out = out;
    c->out_len += n;
}

static void tell_others(const struct client *but, const char *text, size_t n)
{
    for (size_t i = 0; i < room_count(); i++) {
        struct client *c = room_client(i);

        if (c != but && c->nick[0] != '\0')
            talk_tell(c, text, n);
    }
}

static int is_taken(const char *nick)
{
    for (size_t i = 0; i < room_count(); i++)
        if (strcmp(room_client(i)->nick, nick) == 0)
            return 1;
    return 0;
}

/* The first line of a client: `nick NAME`. */
static void enter(struct client *c, const char *line, size_t n)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    char nick[ROOM_NICK + 1] = "", text[64];

    if (n > 5 && n - 5 <= ROOM_NICK && memcmp(line, "nick ", 5) == 0)
        memcpy(nick, line + 5, n - 5);
    if (nick[0] == '\0' || strspn(nick, letters) != n - 5) {
        talk_tell(c, "error nick\n", 11);
    } else if (is_taken(nick)) {
        talk_tell(c, "error taken\n", 12);
    } else {
        strcpy(c->nick, nick);
        talk_tell(c, text, (size_t)sprintf(text, "ok %s\n", nick));
        tell_others(c, text, (size_t)sprintf(text, "join %s\n", nick));
    }
}

static void take_line(struct client *c, const char *line, size_t n)
{
    char text[ROOM_NICK + 2 + ROOM_LINE];
    size_t head;

    if (c->nick[0] == '\0') {
        enter(c, line, n);
        return;
    }
    head = (size_t)sprintf(text, "%s: ", c->nick);
    memcpy(text + head, line, n);
    text[head + n] = '\n';
    tell_others(c, text, head + n + 1);
}

void talk_take(struct client *c)
{
    size_t start = 0;
    char *end;

    while ((end = memchr(c->in + start, '\n', c->in_len - start)) != NULL) {
        take_line(c, c->in + start, (size_t)(end - c->in) - start);
        start = (size_t)(end - c->in) + 1;
    }
    c->in_len -= start;
    memmove(c->in, c->in + start, c->in_len);
    if (c->in_len == sizeof c->in) /* full, and no newline: too long */
        c->gone = 1;
}

void talk_leave(const struct client *c)
{
    char text[64];

    if (c->nick[0] != '\0')
        tell_others(c, text, (size_t)sprintf(text, "leave %s\n", c->nick));
}
