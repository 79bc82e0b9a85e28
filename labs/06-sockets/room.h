/* SPDX-License-Identifier: MIT */
/**
 * The chat room (part 6C): room.c keeps who is there and moves bytes, talk.c
 * knows what lines mean, and the event loop in chatd.c finds out who is ready.
 *
 *  1. room_add() each accepted connection.
 *  2. Wait for any of room_fd(0..room_count()-1): to be readable, and, while
 *     room_pending() is not 0, to be writable. Then room_read(), room_write().
 *  3. room_sweep() after each round: whoever has gone is removed and announced.
 *     Until then the indices stay as they are.
 *  4. room_finish() after SIGTERM, room_release() at the end.
 *
 * The sockets are in non-blocking mode: nothing but room_finish() ever waits.
 *
 * Like listen.h this is for you, and not tested by itself: all of it may as
 * well live in chatd.c, in another form.
 */
#ifndef ROOM_H
#define ROOM_H

#include <stddef.h>

enum {
    ROOM_MAX = 200,     /* clients at once */
    ROOM_NICK = 16,     /* letters of a nick */
    ROOM_LINE = 512,    /* bytes of a line, with its newline */
    ROOM_QUEUE = 65536, /* bytes that wait for one client, at most */
};

/* Used by the one thread of chatd only: nothing guards it. */
struct client {
    int fd;
    int gone;                 /* to be removed by the next room_sweep() */
    char nick[ROOM_NICK + 1]; /* "": has not said who it is */
    char in[ROOM_LINE];       /* a line whose newline is still to come */
    size_t in_len;
    char *out; /* what waits to be sent; from malloc(), NULL = nothing yet */
    size_t out_len;
};

/** Take over the connected socket @fd. Return: 0, or -1 with errno: ENOSPC (the
 *  room is full) or ENOMEM; then @fd is still the caller's. */
int room_add(int fd);

size_t room_count(void);
int room_fd(size_t i);
struct client *room_client(size_t i);

/** Return: how many bytes wait for client @i; 0 if it has gone. */
size_t room_pending(size_t i);

/**
 * Take what client @i has sent, once, and let talk_take() see it.
 * A client that has closed, or failed, is marked as gone.
 * Return: 1 if something came and more may be there, 0 if not.
 */
int room_read(size_t i);

/** Give client @i of its queue what its socket has room for. */
void room_write(size_t i);

/** Remove whoever has gone; the others are told. */
void room_sweep(void);

/** Say what had arrived before, deliver what is queued; at most @grace seconds.
 *  Clients that do not read are left with what they have. */
void room_finish(int grace);

/** Close all connections. What is still queued is lost. */
void room_release(void);

/** Queue @n bytes for @c. If they do not fit into ROOM_QUEUE it is marked as
 *  gone, and the others lose nothing. */
void talk_tell(struct client *c, const char *text, size_t n);

/** Do what each whole line in @c's buffer says, and keep what is behind the
 * last newline. A line that is too long costs @c its place. */
void talk_take(struct client *c);

/** Tell all others in the room that @c has left it. */
void talk_leave(const struct client *c);

#endif
