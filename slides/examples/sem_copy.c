/* SPDX-License-Identifier: MIT */
/*
 * sem_copy: a semaphore in ordinary memory is copied by fork.
 * One is shared, one is not.
 */
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* slide both */
static sem_t global; /* ordinary memory */

static int value(sem_t *sem)
{
    int n;

    check(sem_getvalue(sem, &n), "sem_getvalue");
    return n;
}
/* end both */

int main(void)
{
    sem_t *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        check(-1, "mmap");
    check(sem_init(&global, 1, 0), "sem_init");
    check(sem_init(shared, 1, 0), "sem_init");
    /* slide post */
    if (check(fork(), "fork") == 0) {
        check(sem_post(&global), "sem_post");
        check(sem_post(shared), "sem_post");
        _exit(0);
    }
    check(wait(NULL), "wait");
    printf("global %d, shared %d\n", value(&global),
           value(shared));
    /* end post */
    return 0;
}
