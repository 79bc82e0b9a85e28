/* SPDX-License-Identifier: MIT */
/*
 * ring.c as a monitor: one lock for all of the ring, and two conditions,
 * "a record came" and "room came". Both sides hold the lock while they look
 * and while they copy; a condition wait gives it up and takes it again.
 */
#include <errno.h>
#include <string.h>

#include "ring.h"

enum { RECORD, ROOM };

static int refuse(int error)
{
    errno = error;
    return -1;
}

static int init_monitor(struct ring *r)
{
    pthread_mutexattr_t m;
    pthread_condattr_t c;
    int error = pthread_mutexattr_init(&m);

    if (error == 0)
        error = pthread_mutexattr_setpshared(&m, PTHREAD_PROCESS_SHARED);
    if (error == 0)
        error = pthread_mutex_init(&r->lock, &m);
    if (error == 0)
        error = pthread_condattr_init(&c);
    if (error == 0)
        error = pthread_condattr_setpshared(&c, PTHREAD_PROCESS_SHARED);
    for (int i = 0; i < 2 && error == 0; i++)
        error = pthread_cond_init(&r->cond[i], &c);
    return error == 0 ? 0 : refuse(error);
}

int ring_init(struct ring *r, uint32_t size, uint32_t start)
{
    if (size < RING_MIN || size > RING_MAX || (size & (size - 1)) != 0)
        return refuse(EINVAL);
    memset(r, 0, sizeof *r);
    r->size = size;
    r->tail = r->head = start;
    return init_monitor(r);
}

/* Everything below has the lock. */

static void put(struct ring *r, const void *data, uint32_t len)
{
    const unsigned char *from = data;

    for (uint32_t i = 0; i < len; i++)
        r->data[(r->tail + i) % r->size] = from[i];
    r->tail += len;
}

static void get(struct ring *r, uint32_t at, void *data, uint32_t len)
{
    unsigned char *to = data;

    for (uint32_t i = 0; i < len; i++)
        to[i] = r->data[(at + i) % r->size];
}

static int push(struct ring *r, const void *data, uint32_t len)
{
    uint32_t need = len + (uint32_t)sizeof len;

    while (!r->closed && r->size - (r->tail - r->head) < need)
        pthread_cond_wait(&r->cond[ROOM], &r->lock);
    if (r->closed)
        return EPIPE;
    put(r, &len, sizeof len);
    put(r, data, len);
    pthread_cond_signal(&r->cond[RECORD]);
    return 0;
}

static int pop(struct ring *r, void *buf, size_t cap, uint32_t *len)
{
    while (!r->closed && r->tail == r->head)
        pthread_cond_wait(&r->cond[RECORD], &r->lock);
    if (r->tail == r->head)
        return ENODATA;
    get(r, r->head, len, sizeof *len);
    if (*len > cap)
        return EMSGSIZE;
    get(r, r->head + (uint32_t)sizeof *len, buf, *len);
    r->head += *len + (uint32_t)sizeof *len;
    pthread_cond_signal(&r->cond[ROOM]);
    return 0;
}

/* And here it is taken and given back. */

int ring_push(struct ring *r, const void *data, uint32_t len)
{
    int error;

    if (len > r->size - sizeof len)
        return refuse(EMSGSIZE);
    error = pthread_mutex_lock(&r->lock);
    if (error != 0)
        return refuse(error);
    error = push(r, data, len);
    pthread_mutex_unlock(&r->lock);
    return error == 0 ? 0 : refuse(error);
}

ssize_t ring_pop(struct ring *r, void *buf, size_t cap)
{
    int error = pthread_mutex_lock(&r->lock);
    uint32_t len = 0;

    if (error != 0)
        return refuse(error);
    error = pop(r, buf, cap, &len);
    pthread_mutex_unlock(&r->lock);
    return error == 0 ? (ssize_t)len : refuse(error);
}

void ring_close(struct ring *r)
{
    pthread_mutex_lock(&r->lock);
    r->closed = 1;
    pthread_cond_broadcast(&r->cond[RECORD]);
    pthread_cond_broadcast(&r->cond[ROOM]);
    pthread_mutex_unlock(&r->lock);
}
