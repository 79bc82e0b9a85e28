/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two-process counter: under a process-shared mutex, or under nothing. */
#include "pair.h"

struct page {
    pthread_mutex_t mutex;
    volatile int count;
};

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    must(pthread_mutex_init(&p->mutex, &attr) == 0, "pthread_mutex_init");
    pid_t pid = start();
    for (int i = 0; i < 200; i++) {
        if (ORDERED)
            pthread_mutex_lock(&p->mutex);
        p->count++; /* [first] [second] */
        if (ORDERED)
            pthread_mutex_unlock(&p->mutex);
    }
    if (pid == 0)
        _exit(0);
    finish(pid);
    return p->count == 7;
}
