/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ticket lock of two adjacent numbers; the twin gives the turn away relaxed. */
#include "pair.h"

#include <stdatomic.h>

struct page {
    _Atomic uint32_t next, turn;
    int data;
};

static void enter(struct page *p)
{
    uint32_t mine = atomic_fetch_add_explicit(&p->next, 1, memory_order_relaxed);
    while (atomic_load_explicit(&p->turn, memory_order_acquire) != mine)
        ;
}

static void leave(struct page *p)
{
    uint32_t mine = atomic_load_explicit(&p->turn, memory_order_relaxed);
    atomic_store_explicit(&p->turn, mine + 1,
                          ORDERED ? memory_order_release : memory_order_relaxed);
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pid_t pid = start();
    enter(p);
    if (pid == 0)
        p->data += 1; /* [first] */
    else
        p->data += 2; /* [second] */
    leave(p);
    if (pid == 0)
        _exit(0);
    finish(pid);
    must(p->data == 3, "data");
}
