/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A seqlock: its payload must be atomic, if only relaxed (Boehm 2012); in the twin it is plain. */
#include "pair.h"

#include <stdatomic.h>

struct page {
    _Atomic uint32_t seq;
    atomic_int done;
#ifdef RACE
    int data;
#else
    atomic_int data;
#endif
};

#ifdef RACE
#define PUT(p, v) ((p)->data = (v))
#define GET(p) ((p)->data)
#else
#define PUT(p, v) atomic_store_explicit(&(p)->data, v, memory_order_relaxed)
#define GET(p) atomic_load_explicit(&(p)->data, memory_order_relaxed)
#endif

static void write_value(struct page *p, int value)
{
    uint32_t s = atomic_load_explicit(&p->seq, memory_order_relaxed);
    atomic_store_explicit(&p->seq, s + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    PUT(p, value); /* [first] */
    atomic_store_explicit(&p->seq, s + 2, memory_order_release);
}

static int read_value(struct page *p)
{
    for (;;) {
        uint32_t before = atomic_load_explicit(&p->seq, memory_order_acquire);
        int value = GET(p); /* [second] */
        atomic_thread_fence(memory_order_acquire);
        if (before % 2 == 0 && atomic_load_explicit(&p->seq, memory_order_relaxed) == before)
            return value;
    }
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        /* no order, only the schedule in which the twin races for certain */
        while (!atomic_load_explicit(&p->done, memory_order_relaxed))
            ;
        write_value(p, 42);
        _exit(0);
    }
    must(read_value(p) == 0, "first value");
    atomic_store_explicit(&p->done, 1, memory_order_relaxed);
    while (read_value(p) != 42)
        ;
    finish(pid);
}
