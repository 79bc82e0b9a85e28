/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mutexes and conditions used as they should be; with RACE a mutex is not process-shared, a child
 * unlocks what its parent locked, and a wait comes without the mutex. */
#include "pair.h"

struct page {
    pthread_mutex_t mutex, plain, twice;
    pthread_cond_t cond;
    int flag;
};

static void make(pthread_mutex_t *m, int type, bool shared)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    if (shared)
        pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    must(pthread_mutex_init(m, &attr) == 0, "pthread_mutex_init");
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pthread_condattr_t ca;
    pthread_condattr_init(&ca);
    pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&p->cond, &ca);
    make(&p->mutex, PTHREAD_MUTEX_NORMAL, true);
    make(&p->plain, PTHREAD_MUTEX_NORMAL, ORDERED);
    make(&p->twice, PTHREAD_MUTEX_RECURSIVE, true);
    pthread_mutex_lock(&p->plain);
    pthread_mutex_unlock(&p->plain);
    pthread_mutex_lock(&p->twice);
    pthread_mutex_lock(&p->twice);
    pthread_mutex_unlock(&p->twice);
    pthread_mutex_unlock(&p->twice);
    if (!ORDERED)
        pthread_mutex_lock(&p->mutex);
    pid_t pid = start();
    if (pid == 0) {
        if (ORDERED)
            pthread_mutex_lock(&p->mutex);
        pthread_mutex_unlock(&p->mutex); /* [owner] */
        pthread_mutex_lock(&p->plain);   /* [plain] */
        pthread_mutex_unlock(&p->plain);
        struct timespec now = {0};
        if (ORDERED)
            pthread_mutex_lock(&p->mutex);
        pthread_cond_timedwait(&p->cond, &p->mutex, &now); /* [wait] */
        if (ORDERED)
            pthread_mutex_unlock(&p->mutex);
        _exit(0);
    }
    finish(pid);
}
