/* SPDX-License-Identifier: MIT */
/*
 * shm_atomic: one number, several processes, no lock.
 */
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { TIMES = 5000 };

int main(void)
{
    /* slide atomic */
    _Atomic long *count =
        mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (count == MAP_FAILED)
        check(-1, "mmap");
    check(fork(), "fork"); /* from here on there are two */
    for (int i = 0; i < TIMES; i++)
        atomic_fetch_add(count, 1); /* cannot be torn apart */
    /* end atomic */
    if (wait(NULL) == -1)
        return 0; /* the child has no child */
    printf("%ld of %d\n", atomic_load(count), 2 * TIMES);
    return 0;
}
