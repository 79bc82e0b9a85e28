/* SPDX-License-Identifier: MIT */
/*
 * hunt_2 N: two accounts of 1000 each. One process moves 1 from the first to
 * the second, N times; another one moves 1 back, N times. Then both balances
 * are printed: `accounts 1000 1000`.
 *
 * Repaired: each process took its own account first, so each could hold one and
 * wait for the other; now both begin with the same one. And the names of the
 * semaphores stayed for ever, with the values they had; now they are gone as
 * soon as they are open.
 */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "crew.h"

/* Shared by both processes; balance[i] is guarded by lock[i]. */
struct bank {
    long times;
    long balance[2];
};

static sem_t *lock[2];

static int take(sem_t *s)
{
    while (sem_wait(s) == -1)
        if (errno != EINTR) {
            perror("hunt_2: sem_wait");
            return -1;
        }
    return 0;
}

/* Process 0 moves from account 0 to 1, process 1 from account 1 to 0. */
static int move(int from, void *arg)
{
    struct bank *b = arg;
    int to = 1 - from;

    for (long k = 0; k < b->times; k++) {
        if (take(lock[0]) == -1 || take(lock[1]) == -1)
            return -1;
        b->balance[from]--;
        b->balance[to]++;
        if (sem_post(lock[1]) == -1 || sem_post(lock[0]) == -1) {
            perror("hunt_2: sem_post");
            return -1;
        }
    }
    return 0;
}

static int open_locks(void)
{
    static const char *const names[] = {"/hunt_2.a", "/hunt_2.b"};

    for (int i = 0; i < 2; i++) {
        sem_unlink(names[i]); /* what a killed run left; or nothing */
        lock[i] = sem_open(names[i], O_CREAT | O_EXCL, 0600, 1);
        if (lock[i] == SEM_FAILED) {
            perror("hunt_2: sem_open");
            return -1;
        }
        sem_unlink(names[i]); /* the processes to come inherit the mapping */
    }
    return 0;
}

int main(int argc, char *argv[])
{
    long n = argc == 2 ? crew_number(argv[1], 1, 1000000) : -1;
    struct bank *b;

    if (n == -1) {
        fprintf(stderr, "usage: hunt_2 N\n");
        return 2;
    }
    b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (b == MAP_FAILED) {
        perror("hunt_2: mmap");
        return 1;
    }
    *b = (struct bank){.times = n, .balance = {1000, 1000}};
    if (open_locks() == -1 || crew_run("hunt_2", 2, move, b) == -1)
        return 1;
    if (printf("accounts %ld %ld\n", b->balance[0], b->balance[1]) < 0 ||
        fflush(stdout) == EOF) {
        perror("hunt_2: write");
        return 1;
    }
    return 0;
}
