/* SPDX-License-Identifier: MIT */
/*
 * hunt_1 W N: W workers (1 to 20) add 1 to a shared counter, N times each, and
 * the sum is printed: `total W*N`.
 *
 * On a quiet machine the total is right most of the time. And yet more than one
 * worker can be at the counter. When that is repaired, there is still a way in:
 * find both and repair them (README, step 04.17). The kit's hooks stay where
 * they are.
 */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"

/* Shared by all workers. */
struct shared {
    long times;
    long counter; /* guarded by mutex */
};

static sem_t mutex;

static int work(int i, void *arg)
{
    struct shared *s = arg;

    for (long k = 0; k < s->times; k++) {
        sem_wait(&mutex);
        kit_enter("count", i);
        s->counter++;
        kit_leave("count", i);
        sem_post(&mutex);
    }
    return 0;
}

int main(int argc, char *argv[])
{
    long w = argc == 3 ? crew_number(argv[1], 1, 20) : -1;
    long n = argc == 3 ? crew_number(argv[2], 1, 1000000) : -1;
    struct shared *s;

    if (w == -1 || n == -1) {
        fprintf(stderr, "usage: hunt_1 W N\n");
        return 2;
    }
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED) {
        perror("hunt_1: mmap");
        return 1;
    }
    if (sem_init(&mutex, 1, 1) == -1) {
        perror("hunt_1: sem_init");
        return 1;
    }
    s->times = n;
    if (crew_run("hunt_1", (int)w, work, s) == -1)
        return 1;
    if (printf("total %ld\n", s->counter) < 0 || fflush(stdout) == EOF) {
        perror("hunt_1: write");
        return 1;
    }
    return 0;
}
