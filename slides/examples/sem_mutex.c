/* SPDX-License-Identifier: MIT */
/*
 * sem_mutex: two processes, one counter, one semaphore that
 * begins with 1.
 */
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { TIMES = 5000 };

/* slide page */
struct page {
    sem_t lock; /* guards what follows */
    long count;
};
/* end page */

/* slide add */
static void add(struct page *p)
{
    for (int i = 0; i < TIMES; i++) {
        check(sem_wait(&p->lock), "sem_wait");
        p->count++;
        check(sem_post(&p->lock), "sem_post");
    }
}
/* end add */

int main(void)
{
    struct page *p =
        mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        check(-1, "mmap");
    check(sem_init(&p->lock, 1, 1), "sem_init");
    if (check(fork(), "fork") == 0) {
        add(p);
        _exit(0);
    }
    add(p);
    check(wait(NULL), "wait");
    printf("%ld of %d\n", p->count, 2 * TIMES);
    check(sem_destroy(&p->lock), "sem_destroy");
    return 0;
}
