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
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int work(int wfd, int64_t first, int64_t step, int64_t n)
{
    int64_t sum = 0;

    for (int64_t i = first; i <= n; i += step)
        sum += i;
    /* At most PIPE_BUF bytes: in one piece, however many others write. */
    if (write(wfd, &sum, sizeof sum) == -1) {
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

/* stdio asks again after a short read; a sum is there whole, or the end. */
static int collect(int rfd, int64_t *total)
{
    FILE *in = fdopen(rfd, "r");
    int64_t sum;
    int failed;

    *total = 0;
    if (in == NULL) {
        perror("hunt_2: fdopen");
        return -1;
    }
    while (fread(&sum, sizeof sum, 1, in) == 1)
        *total += sum;
    failed = ferror(in);
    if (failed)
        perror("hunt_2: read");
    if (fclose(in) == EOF)
        failed = 1;
    return failed ? -1 : 0;
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
    if (wait(&status) == -1 || status != 0)
        failed = 1;
    if (!failed)
        printf("sum %" PRId64 "\n", total);
    return failed;
}
