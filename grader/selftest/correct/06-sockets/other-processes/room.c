/* SPDX-License-Identifier: MIT */
/*
 * The chat room: who is there, and the bytes that come and go.
 * Who closes a client's socket, and frees its memory: room_sweep(), or
 * room_release() at the end.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "room.h"

static struct client *clients[ROOM_MAX]; /* one thread: nothing is locked */
static size_t nclients;

int room_add(int fd)
{
    struct client *c;

    if (nclients == ROOM_MAX) {
        errno = ENOSPC;
        return -1;
    }
    if ((c = calloc(1, sizeof *c)) == NULL)
        return -1;
    c->fd = fd;
    clients[nclients++] = c;
    return 0;
}

size_t room_count(void)
{
    return nclients;
}

int room_fd(size_t i)
{
    return clients[i]->fd;
}

struct client *room_client(size_t i)
{
    return clients[i];
}

size_t room_pending(size_t i)
{
    return clients[i]->gone ? 0 : clients[i]->out_len;
}

void room_write(size_t i)
{
    struct client *c = clients[i];
    ssize_t put;

    if (room_pending(i) == 0)
        return;
    put = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put == -1) {
        c->gone = errno != EAGAIN && errno != EINTR;
        return;
    }
    c->out_len -= (size_t)put;
    memmove(c->out, c->out + put, c->out_len);
}

int room_read(size_t i)
{
    struct client *c = clients[i];
    ssize_t got;

    if (c->gone)
        return 0;
    got = recv(c->fd, c->in + c->in_len, sizeof c->in - c->in_len, MSG_DONTWAIT);
    if (got == -1 && (errno == EAGAIN || errno == EINTR))
        return errno == EINTR;
    if (got <= 0) {
        c->gone = 1;
        return 0;
    }
    c->in_len += (size_t)got;
    talk_take(c);
    return 1;
}

static void remove_client(struct client *c)
{
    close(c->fd);
    free(c->out);
    free(c);
}

void room_sweep(void)
{
    size_t i = 0;

    while (i < nclients) {
        struct client *c = clients[i];

        if (!c->gone) {
            i++;
            continue;
        }
        clients[i] = clients[--nclients];
        talk_leave(c);
        remove_client(c);
        i = 0; /* hearing of it may have cost another one its place */
    }
}

static time_t seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    return now.tv_sec;
}

void room_finish(int grace)
{
    struct pollfd p[ROOM_MAX];
    time_t end = seconds() + grace;
    nfds_t n = 0;
    int more = 1; /* read and write in turn: a queue does not hold it all */

    while ((more || n > 0) && seconds() <= end) {
        more = 0;
        for (size_t i = 0; i < nclients; i++)
            more |= room_read(i);
        room_sweep();
        n = 0;
        for (size_t i = 0; i < nclients; i++)
            if (room_pending(i) > 0)
                p[n++] = (struct pollfd){.fd = room_fd(i), .events = POLLOUT};
        if (n > 0 && poll(p, n, more ? 0 : 100) == -1 && errno != EINTR)
            return;
        for (size_t i = 0; i < nclients; i++)
            room_write(i);
    }
}

void room_release(void)
{
    while (nclients > 0)
        remove_client(clients[--nclients]);
}
