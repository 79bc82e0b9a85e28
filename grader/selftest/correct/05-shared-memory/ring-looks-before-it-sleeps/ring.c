/* SPDX-License-Identifier: MIT */
/*
 * ring.c: records in shared memory, from one producer to one consumer (5B).
 *
 * Each index has one writer, so no lock is needed. The producer fills in the
 * bytes and then publishes them by storing tail (release); the consumer loads
 * tail (acquire) and so sees the bytes. head gives the room back the same way.
 *
 * Waiting: each side sleeps on a futex word, its bell, that the other side
 * changes after every step. Who is about to sleep notes the bell first, looks
 * at the ring then, and sleeps only if the bell still is as it was.
 */
#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ring.h"

enum { HEADER = sizeof(uint32_t) };
enum { FILLED, EMPTIED }; /* which bell: word[FILLED] wakes the consumer */

static int refuse(int error)
{
    errno = error;
    return -1;
}

/* Everything the other side did before it stored this is visible after it. */
static uint32_t acquire(const _Atomic uint32_t *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

static void release(_Atomic uint32_t *word, uint32_t value)
{
    atomic_store_explicit(word, value, memory_order_release);
}

/* Neither call has FUTEX_PRIVATE_FLAG: who sleeps is another process. */
static void strike(_Atomic uint32_t *bell)
{
    atomic_fetch_add_explicit(bell, 1, memory_order_release);
    syscall(SYS_futex, bell, FUTEX_WAKE, 1, NULL, NULL, 0); /* cannot fail */
}

/* On several processors the other side is often quicker than a system call. */
static int struck(const _Atomic uint32_t *bell, uint32_t seen)
{
    for (int i = 0; i < 200; i++)
        if (acquire(bell) != seen)
            return 1;
    return 0;
}

/* Sleep until @bell is struck, if it has not been since it was @seen. */
static int await(_Atomic uint32_t *bell, uint32_t seen)
{
    if (struck(bell, seen))
        return 0;
    if (syscall(SYS_futex, bell, FUTEX_WAIT, seen, NULL, NULL, 0) == 0)
        return 0;
    /* EAGAIN: it was struck. EINTR: the caller looks again and comes back. */
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

int ring_init(struct ring *r, uint32_t size, uint32_t start)
{
    if (size < RING_MIN || size > RING_MAX || (size & (size - 1)) != 0)
        return refuse(EINVAL);
    memset(r, 0, sizeof *r);
    r->size = size;
    atomic_init(&r->tail, start);
    atomic_init(&r->head, start);
    return 0;
}

/* How many of @len bytes from byte number @at on lie before the end of data. */
static size_t before_end(const struct ring *r, uint32_t at, size_t len)
{
    size_t left = r->size - at % r->size;

    return len < left ? len : left;
}

static void copy_in(struct ring *r, uint32_t at, const void *from, size_t len)
{
    size_t first = before_end(r, at, len);

    memcpy(r->data + at % r->size, from, first);
    memcpy(r->data, (const char *)from + first, len - first);
}

static void copy_out(const struct ring *r, uint32_t at, void *to, size_t len)
{
    size_t first = before_end(r, at, len);

    memcpy(to, r->data + at % r->size, first);
    memcpy((char *)to + first, r->data, len - first);
}

int ring_push(struct ring *r, const void *data, uint32_t len)
{
    uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

    if (len > r->size - HEADER)
        return refuse(EMSGSIZE);
    for (;;) {
        uint32_t seen = acquire(&r->word[EMPTIED]);

        if (acquire(&r->closed))
            return refuse(EPIPE);
        if (r->size - (tail - acquire(&r->head)) >= HEADER + len)
            break;
        if (await(&r->word[EMPTIED], seen) == -1)
            return -1;
    }
    copy_in(r, tail, &len, HEADER);
    if (len > 0) /* data may be NULL then */
        copy_in(r, tail + HEADER, data, len);
    release(&r->tail, tail + HEADER + len);
    strike(&r->word[FILLED]);
    return 0;
}

ssize_t ring_pop(struct ring *r, void *buf, size_t cap)
{
    uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed), len;

    for (;;) {
        uint32_t seen = acquire(&r->word[FILLED]);
        uint32_t over = acquire(&r->closed);

        /* After closed: what was put in before the close is not missed. */
        if (acquire(&r->tail) != head)
            break;
        if (over)
            return refuse(ENODATA);
        if (await(&r->word[FILLED], seen) == -1)
            return -1;
    }
    copy_out(r, head, &len, HEADER);
    if (len > cap)
        return refuse(EMSGSIZE);
    copy_out(r, head + HEADER, buf, len);
    release(&r->head, head + HEADER + len);
    strike(&r->word[EMPTIED]);
    return (ssize_t)len;
}

void ring_close(struct ring *r)
{
    release(&r->closed, 1);
    strike(&r->word[FILLED]);
    strike(&r->word[EMPTIED]);
}
