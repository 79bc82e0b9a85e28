/* SPDX-License-Identifier: MIT */
/**
 * A ring of records in shared memory: one producer, one consumer (part 5B).
 *
 *  1. One process maps at least RING_BYTES(size) bytes and calls ring_init();
 *     only after that may the other one touch the ring.
 *  2. The producer calls ring_push() for each record.
 *  3. The consumer calls ring_pop() for each record.
 *  4. Each side calls ring_close() when it wants no more: the consumer then
 *     still gets what is in the ring, the producer gets EPIPE.
 *
 * A record is a length, four bytes in the byte order of the machine, and then
 * that many bytes. It lies in data[] behind the record before it, and goes on
 * at data[0] when it meets the end, wherever that happens: also inside the
 * length. So a record of n bytes takes 4 + n bytes, and a ring of `size` bytes
 * holds exactly `size` of them: there is no byte that may not be used.
 *
 * head and tail count bytes from the beginning and are never cut back to the
 * size of the ring: byte number i lies in data[i % size], and tail - head is
 * what is in the ring. They are 32 bits wide, so some day they pass from
 * UINT32_MAX to 0; the difference stays right, because `size` divides 2^32.
 *
 * The two processes may have the ring at different addresses.
 */
#ifndef RING_H
#define RING_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { RING_MIN = 16, RING_MAX = 1 << 20 };

struct ring {
    uint32_t size; /* of data[]; does not change after ring_init() */

    _Atomic uint32_t tail;   /* bytes put in; only the producer stores it */
    _Atomic uint32_t head;   /* bytes taken out; only the consumer stores it */
    _Atomic uint32_t closed; /* 0, or 1 for ever; either side stores it */

    /* For waiting. Use what your way of waiting needs; the rest lies idle. */
    _Atomic uint32_t word[2]; /* futex words */
    sem_t sem[2];
    pthread_mutex_t lock;
    pthread_cond_t cond[2];

    unsigned char data[];
};

/** Bytes of memory that a ring with room for @size bytes needs. */
#define RING_BYTES(size) (sizeof(struct ring) + (size_t)(size))

/**
 * Make an empty ring of @size bytes in the shared memory at @r.
 *
 * @size is a power of 2 from RING_MIN to RING_MAX. head and tail begin at
 * @start (0 in a program; a test that does not want to wait for 4 GiB of
 * records begins shortly before UINT32_MAX). Whatever was there is overwritten.
 *
 * Return: 0, or -1 with errno EINVAL (size; nothing was written) or as the
 *         calls that you use set it.
 */
int ring_init(struct ring *r, uint32_t size, uint32_t start);

/**
 * Append a record of @len bytes, waiting while there is no room for it.
 *
 * Only the producer may call it. Waits asleep. @data stays the caller's and is
 * not changed; it may be NULL if @len is 0. The record is in the ring as a
 * whole, or not at all: the consumer never sees a part of it.
 *
 * Return: 0, or -1 with errno EMSGSIZE (4 + @len is more than the ring's size)
 *         or EPIPE (the ring is closed, perhaps while this call waited). It
 *         never fails with EINTR.
 */
int ring_push(struct ring *r, const void *data, uint32_t len);

/**
 * Take out the oldest record, waiting while there is none.
 *
 * Only the consumer may call it. Waits asleep. The bytes go to @buf, which has
 * room for @cap; nothing behind them is touched.
 *
 * Return: the record's length (0 for an empty one), or -1 with errno EMSGSIZE
 *         (it is longer than @cap: it stays in the ring) or ENODATA (the ring
 *         is closed, and empty). It never fails with EINTR.
 */
ssize_t ring_pop(struct ring *r, void *buf, size_t cap);

/**
 * Say that this side puts in, or takes out, no more. Wakes the other side.
 *
 * Either side may call it, any number of times. The memory stays mapped.
 */
void ring_close(struct ring *r);

#endif
