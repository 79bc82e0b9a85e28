/* SPDX-License-Identifier: MIT */
/*
 * POSIX and System V message queues, within what any user may have.
 *
 * A message of either kind holds at most 8 KiB by default
 * (/proc/sys/fs/mqueue/msgsize_max, /proc/sys/kernel/msgmax), so larger ones go
 * in pieces. The names are gone as soon as the queues are open.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "shoot.h"

enum { PIECE = 8192, DEEP = 10 };

static size_t piece_of(size_t n)
{
    return n < PIECE ? n : PIECE;
}

static int mq_create(struct link *l)
{
    struct mq_attr want = {.mq_maxmsg = DEEP, .mq_msgsize = PIECE};
    char name[40];

    l->queue[0] = l->queue[1] = (mqd_t)-1;
    for (int way = 0; way < 2; way++) {
        snprintf(name, sizeof name, "/shootout.%ld.%d", (long)getpid(), way);
        l->queue[way] = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &want);
        if (l->queue[way] == (mqd_t)-1 || mq_unlink(name) == -1)
            return -1;
    }
    return 0;
}

/* mq_receive() wants room for the largest message, whatever comes. */
static int scratch_join(struct link *l, int side)
{
    l->side = side;
    l->scratch = malloc(sizeof(long) + PIECE);
    if (l->scratch == NULL)
        return -1;
    memset(l->scratch, 0, sizeof(long) + PIECE);
    return 0;
}

static int mq_put(struct link *l, const void *buf, size_t n)
{
    const char *from = buf;

    while (n > 0) {
        size_t piece = piece_of(n);

        if (mq_send(l->queue[l->side], from, piece, 0) == -1) {
            if (again())
                continue;
            return -1;
        }
        from += piece;
        n -= piece;
    }
    return 0;
}

/* Room the caller has goes to mq_receive() itself; else through scratch. */
static int mq_get(struct link *l, void *buf, size_t n)
{
    char *to = buf;

    while (n > 0) {
        void *room = n >= PIECE ? (void *)to : l->scratch;
        ssize_t got = mq_receive(l->queue[1 - l->side], room, PIECE, NULL);

        if (got == -1 && again())
            continue;
        if (got == -1 || (size_t)got > n)
            return -1;
        if (room != to)
            memcpy(to, room, (size_t)got);
        to += got;
        n -= (size_t)got;
    }
    return 0;
}

static void mq_leave(struct link *l)
{
    for (int way = 0; way < 2; way++) {
        if (l->queue[way] != (mqd_t)-1)
            mq_close(l->queue[way]);
        l->queue[way] = (mqd_t)-1;
    }
    free(l->scratch);
    l->scratch = NULL;
}

static int sysv_create(struct link *l)
{
    for (int way = 0; way < 2; way++) {
        l->id[way] = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
        if (l->id[way] == -1)
            return -1;
    }
    return 0;
}

/* The type stands in front of the text, so the text has to be copied behind it. */
static int sysv_put(struct link *l, const void *buf, size_t n)
{
    const char *from = buf;
    long *message = l->scratch;

    message[0] = 1;
    while (n > 0) {
        size_t piece = piece_of(n);

        memcpy(message + 1, from, piece);
        while (msgsnd(l->id[l->side], message, piece, 0) == -1)
            if (!again())
                return -1;
        from += piece;
        n -= piece;
    }
    return 0;
}

static int sysv_get(struct link *l, void *buf, size_t n)
{
    char *to = buf;
    long *message = l->scratch;

    while (n > 0) {
        ssize_t got = msgrcv(l->id[1 - l->side], message, piece_of(n), 0, 0);

        if (got == -1 && again())
            continue;
        if (got == -1)
            return -1;
        memcpy(to, message + 1, (size_t)got);
        to += got;
        n -= (size_t)got;
    }
    return 0;
}

static void sysv_leave(struct link *l)
{
    free(l->scratch);
    l->scratch = NULL;
}

static void sysv_destroy(struct link *l)
{
    for (int way = 0; way < 2; way++)
        if (l->id[way] != -1)
            msgctl(l->id[way], IPC_RMID, NULL);
}

const struct channel channel_mq = {"mq",   "queue (POSIX)", 0,        mq_create, scratch_join,
                                   mq_put, mq_get,          mq_leave, mq_leave};
const struct channel channel_sysv = {"sysv",      "queue (SysV)", 0,
                                     sysv_create, scratch_join,   sysv_put,
                                     sysv_get,    sysv_leave,     sysv_destroy};
