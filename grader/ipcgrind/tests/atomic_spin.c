/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A spin lock of atomic_flag; the twin clears it relaxed. */
#include "pair.h"

#include <stdatomic.h>

struct page {
    atomic_flag lock;
    int data;
};

static void enter(struct page *p)
{
    while (atomic_flag_test_and_set_explicit(&p->lock, memory_order_acquire))
        sched_yield();
}

static void leave(struct page *p)
{
    atomic_flag_clear_explicit(&p->lock, ORDERED ? memory_order_release : memory_order_relaxed);
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
