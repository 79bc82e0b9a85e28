/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A barrier of three processes, met again and again; each round orders what came before it. In the
 * twin one stores after the round what the others read in it. */
#include "pair.h"

enum { PARTS = 3, ROUNDS = 5 };

struct page {
    pthread_barrier_t barrier;
    volatile int part[PARTS];
};

static void work(struct page *p, int me)
{
    int sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        bool late = !ORDERED && me == 1 && round == 2;
        if (!late)
            p->part[me] += round;
        pthread_barrier_wait(&p->barrier);
        if (late)
            p->part[me] += round; /* [first] */
        if (me != 1)
            sum += p->part[1]; /* [second] */
        pthread_barrier_wait(&p->barrier);
    }
    _exit(sum == 7);
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pthread_barrierattr_t attr;
    pthread_barrierattr_init(&attr);
    pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    must(pthread_barrier_init(&p->barrier, &attr, PARTS) == 0, "pthread_barrier_init");
    pid_t pid[PARTS];
    for (int i = 0; i < PARTS; i++) {
        pid[i] = start();
        if (pid[i] == 0)
            work(p, i);
    }
    for (int i = 0; i < PARTS; i++)
        finish(pid[i]);
}
