/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader's side of atomic_fence.c: the twin has no acquire fence. */
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
        atomic_thread_fence(memory_order_seq_cst);
        atomic_store_explicit(&p->ready, 1, memory_order_relaxed);
        _exit(0);
    }
    while (!atomic_load_explicit(&p->ready, memory_order_relaxed))
        ;
    if (ORDERED)
        atomic_thread_fence(memory_order_seq_cst);
    must(p->data == 42, "data"); /* [second] */
    finish(pid);
}
