/* SPDX-License-Identifier: MIT */
/*
 * speed P N: count the primes below N with P processes.
 * The count goes to standard output, the time to standard
 * error. run: 2 20000
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static int is_prime(long n)
{
    for (long d = 2; d * d <= n; d++)
        if (n % d == 0)
            return 0;
    return n >= 2;
}

static double now(void)
{
    struct timespec t;

    check(clock_gettime(CLOCK_MONOTONIC, &t), "clock_gettime");
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* slide share */
/* Worker i of p: every p-th odd number, its count to the pipe.
 */
static void count_share(int wfd, long i, long p, long n)
{
    long count = 0;

    for (long k = 3 + 2 * i; k < n; k += 2 * p)
        count += is_prime(k);
    check_n(write(wfd, &count, sizeof count), "write");
}
/* end share */

static long collect(int rfd, long p)
{
    long total = 1, count; /* 1: the 2 */

    for (long i = 0; i < p; i++)
        if (check_n(read(rfd, &count, sizeof count), "read") ==
            sizeof count)
            total += count;
    return total;
}

int main(int argc, char *argv[])
{
    long p = argc > 1 ? strtol(argv[1], NULL, 10) : 2;
    long n = argc > 2 ? strtol(argv[2], NULL, 10) : 20000;
    int ends[2];
    double begin = now();
    long total;

    /* slide start */
    check(pipe(ends), "pipe");
    for (long i = 0; i < p; i++)
        if (check(fork(), "fork") == 0) {
            count_share(ends[1], i, p, n);
            _exit(0);
        }
    total = collect(ends[0], p);
    for (long i = 0; i < p; i++)
        check(wait(NULL), "wait");
    /* end start */
    printf("%ld primes below %ld\n", total, n);
    fprintf(stderr, "%ld processes: %.3f s\n", p,
            now() - begin);
    return 0;
}
