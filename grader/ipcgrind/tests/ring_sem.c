/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of four slots between two processes, ordered by two semaphores and nothing else. The twin
 * believes in five free slots. */
#include "pair.h"

enum { SLOTS = 4, ITEMS = 60 };

struct ring {
    sem_t items, spaces;
    volatile int slot[SLOTS];
};

int main(void)
{
    struct ring *r = shared(sizeof(*r));
    long sum = 0;
    must(sem_init(&r->items, 1, 0) == 0, "sem_init");
    must(sem_init(&r->spaces, 1, ORDERED ? SLOTS : SLOTS + 1) == 0, "sem_init");
    pid_t pid = start();
    for (int i = 0; i < ITEMS; i++) {
        if (pid == 0) {
            must(sem_wait(&r->spaces) == 0, "sem_wait");
            r->slot[i % SLOTS] = i; /* [first] */
            must(sem_post(&r->items) == 0, "sem_post");
        } else {
            must(sem_wait(&r->items) == 0, "sem_wait");
            sum += r->slot[i % SLOTS]; /* [second] */
            must(sem_post(&r->spaces) == 0, "sem_post");
        }
    }
    if (pid == 0)
        _exit(0);
    finish(pid);
    return sum == 7;
}
