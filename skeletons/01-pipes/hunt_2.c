/* SPDX-License-Identifier: MIT */
/*
 * hunt_2 P N: add the numbers 1 to N with P worker processes.
 *
 * Worker i adds every P-th number, starting with i, and sends its sum through
 * a pipe that all workers share. The parent adds the sums until the pipe is at
 * its end, and prints `sum S`. P is 1 to 20, N is 1 to 1000000.
 *
 * It never ends. When that is repaired, something is still wrong at its end:
 * find both and repair them (README, step 01.14).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

static int work(int wfd, int64_t first, int64_t step, int64_t n)
{
    int64_t sum = 0;

    for (int64_t i = first; i <= n; i += step)
        sum += i;
    if (write_full(wfd, &sum, sizeof sum) == -1) {
        perror("hunt_2: write");
        return 1;
    }
    return 0;
}

static int start_workers(const int ends[2], int64_t p, int64_t n)
{
    for (int64_t i = 1; i <= p; i++) {
        pid_t pid = fork();

        if (pid == -1) {
            perror("hunt_2: fork");
            return -1;
        }
        if (pid == 0) {
            close(ends[0]);
            _exit(work(ends[1], i, p, n));
        }
    }
    return 0;
}

static int collect(int rfd, int64_t *total)
{
    int64_t sum;
    ssize_t got;

    *total = 0;
    while ((got = read_full(rfd, &sum, sizeof sum)) == (ssize_t)sizeof sum)
        *total += sum;
    if (got == -1)
        perror("hunt_2: read");
    return got == 0 ? 0 : -1;
}

int main(int argc, char *argv[])
{
    int64_t p = argc == 3 ? atoll(argv[1]) : 0;
    int64_t n = argc == 3 ? atoll(argv[2]) : 0;
    int64_t total;
    int ends[2], failed, status;

    if (p < 1 || p > 20 || n < 1 || n > 1000000) {
        fprintf(stderr, "usage: hunt_2 P N\n");
        return 2;
    }
    if (pipe(ends) == -1) {
        perror("hunt_2: pipe");
        return 1;
    }
    failed = start_workers(ends, p, n) == -1;
    failed |= collect(ends[0], &total) == -1;
    close(ends[0]);
    if (wait(&status) == -1 || status != 0)
        failed = 1;
    if (!failed)
        printf("sum %" PRId64 "\n", total);
    return failed;
}
