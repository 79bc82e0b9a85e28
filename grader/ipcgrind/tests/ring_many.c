/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two producers and two consumers of a ring: semaphores count, a mutex guards the ends. The twin's
 * consumers do without it. */
#include "pair.h"

enum { SLOTS = 4, ITEMS = 30 };

struct ring {
    sem_t items, spaces;
    pthread_mutex_t mutex;
    volatile int slot[SLOTS], in, out;
};

static void produce(struct ring *r, int i)
{
    sem_wait(&r->spaces);
    pthread_mutex_lock(&r->mutex);
    r->slot[r->in++ % SLOTS] = i;
    pthread_mutex_unlock(&r->mutex);
    sem_post(&r->items);
}

static int consume(struct ring *r)
{
    sem_wait(&r->items);
    if (ORDERED)
        pthread_mutex_lock(&r->mutex);
    int at = r->out++; /* [first] [second] */
    int got = r->slot[at % SLOTS];
    if (ORDERED)
        pthread_mutex_unlock(&r->mutex);
    sem_post(&r->spaces);
    return got;
}

int main(void)
{
    struct ring *r = shared(sizeof(*r));
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&r->mutex, &attr);
    sem_init(&r->items, 1, 0);
    sem_init(&r->spaces, 1, SLOTS);
    pid_t pid[4];
    for (int n = 0; n < 4; n++) {
        pid[n] = start();
        if (pid[n] == 0) {
            for (int i = 0; i < ITEMS; i++) {
                if (n < 2)
                    produce(r, i);
                else
                    consume(r);
            }
            _exit(0);
        }
    }
    for (int n = 0; n < 4; n++)
        finish(pid[n]);
}
