/* SPDX-License-Identifier: MIT */
/*
 * convenience: how long a user's question waits while a long
 * job runs, first in one process, then with the job in a
 * process of its own. Times to standard error. run: 2000000
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static double now_ms(void)
{
    struct timespec t;

    check(clock_gettime(CLOCK_MONOTONIC, &t), "clock_gettime");
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static unsigned long_job(long rounds)
{
    unsigned x = 1;

    for (long i = 0; i < rounds; i++)
        x = x * 1664525 + 1013904223;
    return x;
}

static double answer(double asked)
{
    return now_ms() - asked;
}

int main(int argc, char *argv[])
{
    long rounds =
        argc > 1 ? strtol(argv[1], NULL, 10) : 200000000;
    double asked, waited[2];
    unsigned result[2] = {0, 1};
    int ends[2];

    /* slide one */
    asked =
        now_ms(); /* the question comes while the job runs */
    result[0] = long_job(rounds);
    waited[0] = answer(asked);
    /* end one */

    /* slide two */
    check(pipe(ends), "pipe");
    asked = now_ms();
    if (check(fork(), "fork") == 0) {
        unsigned r = long_job(rounds);

        check_n(write(ends[1], &r, sizeof r), "write");
        _exit(0);
    }
    waited[1] =
        answer(asked); /* at once; the result comes later */
    check_n(read(ends[0], &result[1], sizeof result[1]),
            "read");
    /* end two */
    check(wait(NULL), "wait");
    printf("same result: %s\n",
           result[0] == result[1] ? "yes" : "no");
    fprintf(stderr, "answered after %.1f ms, after %.3f ms\n",
            waited[0], waited[1]);
    return 0;
}
