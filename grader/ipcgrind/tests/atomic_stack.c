/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node handed over by compare-and-swap loops on a stack's head (Treiber 1986), by index, as both
 * processes need not have the same addresses; the twin pushes relaxed. */
#include "pair.h"

#include <stdatomic.h>

struct page {
    _Atomic uint32_t head; /* index + 1 */
    uint32_t next[4];
    int data[4];
};

static void push(struct page *p, uint32_t n)
{
    uint32_t old = atomic_load_explicit(&p->head, memory_order_relaxed);
    do
        p->next[n] = old;
    while (!atomic_compare_exchange_weak_explicit(
        &p->head, &old, n + 1, ORDERED ? memory_order_release : memory_order_relaxed,
        memory_order_relaxed));
}

static uint32_t pop(struct page *p)
{
    uint32_t old;
    do
        old = atomic_load_explicit(&p->head, memory_order_acquire);
    while (!old || !atomic_compare_exchange_strong_explicit(&p->head, &old, 0, memory_order_acquire,
                                                            memory_order_relaxed));
    return old - 1;
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        p->data[2] = 42; /* [first] */
        push(p, 2);
        _exit(0);
    }
    uint32_t n = pop(p);
    must(p->data[n] == 42, "data"); /* [second] */
    finish(pid);
}
