/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process-shared condition variable; the twin stores the data when it has
 * given the mutex back. */
#include "pair.h"

struct page {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    volatile int flag, data;
};

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pthread_mutexattr_t ma;
    pthread_condattr_t ca;
    pthread_mutexattr_init(&ma);
    pthread_condattr_init(&ca);
    pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED);
    pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
    must(pthread_mutex_init(&p->mutex, &ma) == 0, "pthread_mutex_init");
    must(pthread_cond_init(&p->cond, &ca) == 0, "pthread_cond_init");
    pid_t pid = start();
    if (pid == 0) {
        pthread_mutex_lock(&p->mutex);
        if (ORDERED)
            p->data = 1;
        p->flag = 1;
        pthread_cond_signal(&p->cond);
        pthread_mutex_unlock(&p->mutex);
        if (!ORDERED)
            p->data = 2; /* [first] */
        _exit(0);
    }
    struct timespec t = soon();
    pthread_mutex_lock(&p->mutex);
    while (!p->flag)
        must(pthread_cond_timedwait(&p->cond, &p->mutex, &t) == 0, "pthread_cond_timedwait");
    int got = p->data; /* [second] */
    pthread_mutex_unlock(&p->mutex);
    finish(pid);
    return got == 7;
}
