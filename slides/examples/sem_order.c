/* SPDX-License-Identifier: MIT */
/*
 * sem_order: one semaphore, counting from 0, makes an order of
 * two events.
 */
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

int main(void)
{
    check(setvbuf(stdout, NULL, _IONBF, 0), "setvbuf");
    /* slide make */
    sem_t *first_done =
        mmap(NULL, sizeof *first_done, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (first_done == MAP_FAILED)
        check(-1, "mmap");
    check(sem_init(first_done, 1, 0), "sem_init");
    /* end make */
    /* slide order */
    if (check(fork(), "fork") == 0) {
        check(sem_wait(first_done), "sem_wait");
        printf("second\n");
        _exit(0);
    }
    printf("first\n");
    check(sem_post(first_done), "sem_post");
    check(wait(NULL), "wait");
    /* end order */
    check(sem_destroy(first_done), "sem_destroy");
    return 0;
}
