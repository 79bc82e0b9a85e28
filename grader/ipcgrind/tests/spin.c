/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A spin lock of two processes; the twin gives it back before it counts. */
#include "pair.h"

struct page {
    pthread_spinlock_t lock;
    volatile int count;
};

static void work(struct page *p)
{
    for (int i = 0; i < 20; i++) {
        if (i % 2)
            pthread_spin_lock(&p->lock);
        else
            while (pthread_spin_trylock(&p->lock) != 0)
                ;
        if (!ORDERED)
            pthread_spin_unlock(&p->lock);
        p->count++; /* [first] [second] */
        if (ORDERED)
            pthread_spin_unlock(&p->lock);
    }
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    must(pthread_spin_init(&p->lock, PTHREAD_PROCESS_SHARED) == 0, "pthread_spin_init");
    pid_t pid = start();
    work(p);
    if (pid == 0)
        _exit(0);
    finish(pid);
    pthread_spin_destroy(&p->lock);
}
