/* SPDX-License-Identifier: MIT */
/*
 * The chat room (room.h): who is there, and the bytes that come and go.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "room.h"

static struct client *clients[ROOM_MAX];
static size_t nclients;

int room_add(int fd)
{
    /* TODO(06.8): a new struct client in the table. */
    (void)fd;
    errno = ENOSYS;
    return -1;
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

int room_read(size_t i)
{
    /* TODO(06.9): receive behind what is in the buffer already; talk_take(). */
    /* TODO(06.10): its end, a reset, nothing there after all. */
    (void)i;
    return 0;
}

void room_write(size_t i)
{
    /* TODO(06.9): send what waits; keep what was not taken. */
    /* TODO(06.10): a client that has gone. May this call kill the process? */
    (void)i;
}

void room_sweep(void)
{
    /* TODO(06.10): whoever is gone: out of the table, announced, closed, freed.
     * Telling the others may make one of them go, too. */
}

void room_finish(int grace)
{
    /* TODO(06.12): read what has come, say it and send what waits, in turn, for
     * a while. */
    (void)grace;
}

void room_release(void)
{
    /* TODO(06.12): close and free everything. */
}
