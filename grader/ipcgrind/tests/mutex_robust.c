/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A robust mutex whose holder was killed; the others come in by trylock and timedlock. */
#include "pair.h"

struct page {
    pthread_mutex_t mutex;
    int data;
};

static void enter(struct page *p, int how)
{
    struct timespec t = soon();
    int got = how ? pthread_mutex_timedlock(&p->mutex, &t) : pthread_mutex_lock(&p->mutex);
    if (got == EOWNERDEAD)
        must(pthread_mutex_consistent(&p->mutex) == 0, "consistent");
    else
        must(got == 0, "lock");
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    must(pthread_mutex_init(&p->mutex, &attr) == 0, "pthread_mutex_init");
    pid_t pid = start();
    if (pid == 0) {
        enter(p, 0);
        p->data = 1; /* [first] */
        raise(SIGKILL);
    }
    /* in the twin it would come between the two lines, in some schedules */
    pid_t other = ORDERED ? start() : -1;
    if (other == 0) {
        while (pthread_mutex_trylock(&p->mutex) == EBUSY)
            ;
        pthread_mutex_consistent(&p->mutex);
        p->data++;
        pthread_mutex_unlock(&p->mutex);
        _exit(0);
    }
    if (ORDERED)
        enter(p, 1);
    p->data++; /* [second] */
    if (ORDERED)
        pthread_mutex_unlock(&p->mutex);
    finish(pid);
    if (ORDERED)
        finish(other);
}
