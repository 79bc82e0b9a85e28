/* SPDX-License-Identifier: MIT */
/*
 * seqlock.c: one writer that never waits, readers that try again (part 5D).
 *
 * The accesses to the values are relaxed: what orders them is seq, with a
 * fence on the one side of them where a release store or an acquire load
 * would order only the other side.
 */
#include <errno.h>

#include "kit.h"
#include "telem.h"

void telem_write(struct telem *t, const int64_t v[TELEM_VALUES])
{
    /* Only we store seq, so we may read it as we like. */
    uint32_t seq = atomic_load_explicit(&t->seq, memory_order_relaxed);

    atomic_store_explicit(&t->seq, seq + 1, memory_order_relaxed);
    /* Whoever sees one of the new values sees that seq is odd. */
    atomic_thread_fence(memory_order_release);
    for (int i = 0; i < TELEM_VALUES; i++) {
        if (i == TELEM_VALUES / 2)
            kit_point("write");
        atomic_store_explicit(&t->value[i], v[i], memory_order_relaxed);
    }
    atomic_store_explicit(&t->seq, seq + 2, memory_order_release);
}

/* One try. Return: 1 and a sample, or 0 if a write was or came between. */
static int take(struct telem *t, int64_t v[TELEM_VALUES])
{
    uint32_t before = atomic_load_explicit(&t->seq, memory_order_acquire);

    if (before % 2 != 0)
        return 0;
    for (int i = 0; i < TELEM_VALUES; i++) {
        if (i == TELEM_VALUES / 2)
            kit_point("read");
        v[i] = atomic_load_explicit(&t->value[i], memory_order_relaxed);
    }
    /* If one of them was new, the second look at seq must show it. */
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&t->seq, memory_order_relaxed) == before;
}

int telem_read(struct telem *t, int64_t v[TELEM_VALUES])
{
    for (int tries = 0; tries < TELEM_TRIES; tries++)
        if (take(t, v))
            return 0;
    errno = EAGAIN;
    return -1;
}
