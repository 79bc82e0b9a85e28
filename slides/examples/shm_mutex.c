/* SPDX-License-Identifier: MIT */
/*
 * shm_mutex: a mutex that several processes may use has to be
 * told so.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { TIMES = 5000 };

struct page {
    pthread_mutex_t lock; /* guards what follows */
    long count;
};

/* The pthread calls return the error instead of -1. */
static void ok(int error, const char *call)
{
    errno = error;
    check(error == 0 ? 0 : -1, call);
}

/* slide init */
static void init(struct page *p)
{
    pthread_mutexattr_t how;

    ok(pthread_mutexattr_init(&how), "init");
    ok(pthread_mutexattr_setpshared(&how,
                                    PTHREAD_PROCESS_SHARED),
       "setpshared");
    ok(pthread_mutex_init(&p->lock, &how), "mutex_init");
    ok(pthread_mutexattr_destroy(&how), "destroy");
}
/* end init */

/* slide add */
static void add(struct page *p)
{
    for (int i = 0; i < TIMES; i++) {
        ok(pthread_mutex_lock(&p->lock), "lock");
        p->count++;
        ok(pthread_mutex_unlock(&p->lock), "unlock");
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
    init(p);
    if (check(fork(), "fork") == 0) {
        add(p);
        _exit(0);
    }
    add(p);
    check(wait(NULL), "wait");
    printf("%ld of %d\n", p->count, 2 * TIMES);
    ok(pthread_mutex_destroy(&p->lock), "mutex_destroy");
    return 0;
}
