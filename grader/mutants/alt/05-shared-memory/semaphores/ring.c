/* SPDX-License-Identifier: MIT */
/*
 * ring.c with semaphores: sem[0] counts the records in the ring, sem[1] the
 * pops since the producer last looked. Each post and wait orders the data, too.
 */
#include <errno.h>
#include <string.h>

#include "ring.h"

enum { RECORDS, POPS };

static int give_up(int error)
{
    errno = error;
    return -1;
}

static int down(sem_t *sem)
{
    while (sem_wait(sem) == -1)
        if (errno != EINTR)
            return -1;
    return 0;
}

int ring_init(struct ring *r, uint32_t size, uint32_t start)
{
    if (size < RING_MIN || size > RING_MAX || (size & (size - 1)))
        return give_up(EINVAL);
    r->size = size;
    atomic_store(&r->tail, start);
    atomic_store(&r->head, start);
    atomic_store(&r->closed, 0);
    return sem_init(&r->sem[RECORDS], 1, 0) == -1 ? -1 : sem_init(&r->sem[POPS], 1, 0);
}

static uint32_t put(struct ring *r, uint32_t at, const void *data, uint32_t len)
{
    const unsigned char *p = data;

    for (uint32_t i = 0; i < len; i++, at++)
        r->data[at & (r->size - 1)] = p[i];
    return at;
}

static uint32_t get(const struct ring *r, uint32_t at, void *data, uint32_t len)
{
    unsigned char *p = data;

    for (uint32_t i = 0; i < len; i++, at++)
        p[i] = r->data[at & (r->size - 1)];
    return at;
}

int ring_push(struct ring *r, const void *data, uint32_t len)
{
    uint32_t tail = atomic_load(&r->tail);

    if (len > r->size - sizeof len)
        return give_up(EMSGSIZE);
    while (sem_trywait(&r->sem[POPS]) == 0)
        continue; /* old ones: what they made room for is seen below */
    for (;;) {
        uint32_t used = tail - atomic_load(&r->head);

        if (atomic_load(&r->closed))
            return give_up(EPIPE);
        if (r->size - used >= len + sizeof len)
            break;
        if (down(&r->sem[POPS]) == -1)
            return -1;
    }
    tail = put(r, tail, &len, sizeof len);
    tail = put(r, tail, data, len);
    atomic_store(&r->tail, tail);
    return sem_post(&r->sem[RECORDS]);
}

ssize_t ring_pop(struct ring *r, void *buf, size_t cap)
{
    uint32_t head = atomic_load(&r->head), len;

    if (down(&r->sem[RECORDS]) == -1)
        return -1;
    if (atomic_load(&r->tail) == head) { /* the post of a close */
        sem_post(&r->sem[RECORDS]);
        return give_up(ENODATA);
    }
    head = get(r, head, &len, sizeof len);
    if (len > cap) {
        sem_post(&r->sem[RECORDS]); /* it stays */
        return give_up(EMSGSIZE);
    }
    atomic_store(&r->head, get(r, head, buf, len));
    sem_post(&r->sem[POPS]);
    return len;
}

void ring_close(struct ring *r)
{
    atomic_store(&r->closed, 1);
    sem_post(&r->sem[RECORDS]);
    sem_post(&r->sem[POPS]);
}
