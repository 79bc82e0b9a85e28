/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Relaxed accesses between fences order; without the release fence they do not. */
#include "pair.h"

#include <stdatomic.h>

struct page {
    int data;
    atomic_int ready;
};

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        p->data = 42; /* [first] */
        if (ORDERED)
            atomic_thread_fence(memory_order_release);
        atomic_store_explicit(&p->ready, 1, memory_order_relaxed);
        _exit(0);
    }
    while (!atomic_load_explicit(&p->ready, memory_order_relaxed))
        ;
    atomic_thread_fence(memory_order_acquire);
    must(p->data == 42, "data"); /* [second] */
    finish(pid);
}
