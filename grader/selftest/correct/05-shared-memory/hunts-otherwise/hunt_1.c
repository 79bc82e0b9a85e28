/* SPDX-License-Identifier: MIT */
/*
 * hunt_1 KEYFILE N: add the numbers 1 to N * 1000 with N worker processes.
 *
 * The workers put their sums into System V shared memory, each into a slot of
 * its own; the first process waits for them, adds, and prints `sum S`. The
 * memory is found by a key made from KEYFILE, so that a second program could
 * look into it while the workers run. N is 1 to 100.
 *
 * It works, once. It works again, with another file. What does it do after a
 * run that was killed, and what does it leave behind when all goes well? Find
 * both, and repair them (README, step 05.14).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHARE = 1000, MAX_N = 100 };

/* Worker @i adds its share of the numbers. */
static int64_t add_share(int64_t i)
{
    int64_t sum = 0;

    for (int64_t k = i * SHARE + 1; k <= (i + 1) * SHARE; k++)
        sum += k;
    return sum;
}

/* Return: how many workers failed. */
static int work_together(int64_t *slot, int n)
{
    int status, failed = 0;

    for (int i = 0; i < n; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            slot[i] = add_share(i);
            _exit(0);
        }
        if (pid == -1) {
            perror("hunt_1: fork");
            failed++;
        }
    }
    while (wait(&status) != -1)
        failed += status != 0;
    return failed;
}

static int report(const int64_t *slot, int n)
{
    int64_t sum = 0;

    for (int i = 0; i < n; i++)
        sum += slot[i];
    return printf("sum %" PRId64 "\n", sum) < 0 || fflush(stdout) == EOF;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? atoi(argv[2]) : 0, id, failed;
    int64_t *slot;
    key_t key;

    if (n < 1 || n > MAX_N) {
        fprintf(stderr, "usage: hunt_1 KEYFILE N\n");
        return 2;
    }
    key = ftok(argv[1], 's');
    if (key == -1) {
        perror("hunt_1: ftok");
        return 1;
    }
    id = shmget(IPC_PRIVATE, (size_t)n * sizeof *slot, IPC_CREAT | 0600);
    if (id == -1) {
        perror("hunt_1: shmget");
        return 1;
    }
    slot = shmat(id, NULL, 0);
    shmctl(id, IPC_RMID, NULL); /* goes when the last one detaches */
    if (slot == (void *)-1) {
        perror("hunt_1: shmat");
        return 1;
    }
    failed = work_together(slot, n);
    if (failed == 0)
        failed = report(slot, n);
    if (shmdt(slot) == -1) { /* away with it */
        perror("hunt_1: shmdt");
        return 1;
    }
    return failed != 0;
}
