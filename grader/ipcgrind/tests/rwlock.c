/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A read-write lock: readers see writers and writers wait for readers; in the twin two writers
 * hold it for reading only. */
#include "pair.h"

enum { TASKS = 4, TIMES = 3 };

struct page {
    pthread_rwlock_t lock;
    volatile int data;
};

static void work(struct page *p, int me)
{
    int sum = 0;
    for (int i = 0; i < TIMES; i++) {
        struct timespec t = soon();
        if (me % 2 && ORDERED)
            must(pthread_rwlock_wrlock(&p->lock) == 0, "wrlock");
        else
            must(pthread_rwlock_timedrdlock(&p->lock, &t) == 0, "rdlock");
        if (me % 2)
            p->data++; /* [first] [second] */
        else if (ORDERED)
            sum += p->data;
        pthread_rwlock_unlock(&p->lock);
    }
    _exit(sum == 77);
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    must(pthread_rwlock_init(&p->lock, &attr) == 0, "pthread_rwlock_init");
    pid_t pid[TASKS];
    for (int i = 0; i < TASKS; i++) {
        pid[i] = start();
        if (pid[i] == 0)
            work(p, i);
    }
    for (int i = 0; i < TASKS; i++)
        finish(pid[i]);
}
