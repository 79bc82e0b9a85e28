/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads of one process, ordered by a mutex in private memory, count in shared memory. */
#include "pair.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile int *page;

static void *body(void *arg)
{
    for (int i = 0; i < 50; i++) {
        if (ORDERED)
            pthread_mutex_lock(&mutex);
        (*page)++; /* [first] [second] */
        if (ORDERED)
            pthread_mutex_unlock(&mutex);
    }
    return arg;
}

int main(void)
{
    pthread_t t[2];
    page = shared(sizeof(*page));
    for (int i = 0; i < 2; i++)
        must(pthread_create(&t[i], NULL, body, NULL) == 0, "pthread_create");
    for (int i = 0; i < 2; i++)
        must(pthread_join(t[i], NULL) == 0, "pthread_join");
    return *page == 7;
}
