/* SPDX-License-Identifier: MIT */
/*
 * sieve in another style: the first process starts all the others and prints everything. The
 * process of prime 2 makes the odd numbers; for each number that reaches the first process, a
 * filter is put between it and the chain so far. Output goes through stdio, flushed line by line
 * (and so never inherited by a child).
 *
 * Who closes what: the first process keeps only the read end of the last pipe. A filter keeps its
 * two ends. Who waits: the first process, for all, in any order.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

static int send_odd_numbers(int wfd, int32_t n)
{
    for (int32_t v = 3; v <= n; v += 2)
        if (write_full(wfd, &v, sizeof v) == -1)
            return -1;
    return 0;
}

static int filter(int rfd, int wfd, int32_t prime)
{
    ssize_t got;
    int32_t v;

    while ((got = read_full(rfd, &v, sizeof v)) == sizeof v)
        if (v % prime != 0 && write_full(wfd, &v, sizeof v) == -1)
            return -1;
    return got == 0 ? 0 : -1;
}

/* Start the process of @prime. Return: the read end of what it lets through, -1 on failure. */
static int add_process(int32_t prime, int rfd, int32_t n)
{
    int ends[2];
    pid_t pid;

    if (pipe(ends) == -1) {
        perror("sieve: pipe");
        return -1;
    }
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        _exit(rfd == -1 ? send_odd_numbers(ends[1], n) : filter(rfd, ends[1], prime));
    }
    close(ends[1]);
    if (pid == -1) {
        perror("sieve: fork");
        close(ends[0]);
        return -1;
    }
    return ends[0];
}

static int say(int32_t prime)
{
    if (printf("prime %d\n", prime) < 0 || fflush(stdout) == EOF) {
        perror("sieve: fflush");
        return -1;
    }
    return 0;
}

static int wait_for_all(void)
{
    int status, rc = 0;

    for (;;) {
        if (waitpid(-1, &status, 0) != -1)
            rc = status == 0 ? rc : -1;
        else if (errno == ECHILD)
            return rc;
    }
}

static int run(int32_t n)
{
    int32_t prime = 2;
    ssize_t got = sizeof prime;
    int rfd = -1, rc = 0;

    while (rc == 0 && got == sizeof prime) {
        int next;

        if (say(prime) == -1 || (next = add_process(prime, rfd, n)) == -1) {
            rc = -1;
            break;
        }
        if (rfd != -1)
            close(rfd);
        rfd = next;
        got = read_full(rfd, &prime, sizeof prime);
    }
    /* Nobody reads any more: after a failure, SIGPIPE ends the chain from here to the left. */
    if (rfd != -1)
        close(rfd);
    return wait_for_all() == -1 || got != 0 ? -1 : rc;
}

int main(int argc, char *argv[])
{
    char *end = NULL;
    long n = 0;

    errno = 0;
    if (argc == 2 && argv[1][0] >= '0' && argv[1][0] <= '9')
        n = strtol(argv[1], &end, 10);
    if (end == NULL || *end != '\0' || errno != 0 || n < 2 || n > 100000) {
        fprintf(stderr, "usage: sieve N (2..100000)\n");
        return 2;
    }
    return run((int32_t)n) == -1 ? EXIT_FAILURE : EXIT_SUCCESS;
}
