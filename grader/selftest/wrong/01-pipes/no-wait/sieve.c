/* SPDX-License-Identifier: MIT */
/*
 * sieve N: print the primes up to N; each prime has a process of its own.
 *
 * The first process sends 2, 3, .. N to the right. Every other process takes
 * its first number as its prime, prints it, and passes on to the right what
 * the prime does not divide. It starts the process on its right when it has a
 * number for it: so there is none without a prime.
 *
 * Who closes what: of each pipe, the left process keeps the write end and the
 * right one the read end, nobody else any. Who waits: each for its right.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

enum { MIN_N = 2, MAX_N = 100000 };

/* The process on the right; wfd is -1 until there is one. */
struct neighbour {
    int wfd;
    pid_t pid;
};

static int run_filter(int rfd);

static int fail(const char *call)
{
    fprintf(stderr, "sieve: %s: %s\n", call, strerror(errno));
    return -1;
}

/* Close @fd; -1 means "none". Fails only by a mistake in this file. */
static void shut(int fd)
{
    if (fd != -1 && close(fd) == -1)
        fail("close");
}

/* Return: 1 and a number, 0 at the end of the input, -1 after a complaint. */
static int receive(int rfd, int32_t *value)
{
    ssize_t got = read_full(rfd, value, sizeof *value);

    if (got == 0 || got == (ssize_t)sizeof *value)
        return got > 0;
    if (got > 0)
        errno = EPROTO; /* the input ended inside a number */
    return fail("read");
}

static int print_prime(int32_t prime)
{
    return dprintf(1, "prime %" PRId32 "\n", prime) < 0 ? fail("write") : 0;
}

/* @left is our own input (-1: none), which the new process must not keep. */
static int start_neighbour(struct neighbour *right, int left)
{
    int ends[2];

    if (pipe(ends) == -1)
        return fail("pipe");
    right->pid = fork();
    if (right->pid == 0) {
        shut(ends[1]);
        shut(left);
        _exit(run_filter(ends[0]) == -1);
    }
    shut(ends[0]);
    if (right->pid == -1) {
        fail("fork");
        shut(ends[1]);
        return -1;
    }
    right->wfd = ends[1];
    return 0;
}

static int pass_on(struct neighbour *right, int left, int32_t value)
{
    if (right->wfd == -1 && start_neighbour(right, left) == -1)
        return -1;
    if (write_full(right->wfd, &value, sizeof value) != -1)
        return 0;
    /* EPIPE: the process on the right has failed, and has said why. */
    return errno == EPIPE ? -1 : fail("write");
}

/* Tell the process on the right that this is all, and wait for its end. */
static int finish_neighbour(const struct neighbour *right)
{
    int status = 0;

    if (right->wfd == -1)
        return 0;
    shut(right->wfd);
    (void)status; /* the mistake: nobody waits */
    return 0;
}

static int run_filter(int rfd)
{
    struct neighbour right = {.wfd = -1};
    int32_t prime, value;
    int got = receive(rfd, &prime);
    /* Printed before anything goes right: that keeps the primes in order. */
    int rc = got == 1 ? print_prime(prime) : -1;

    while (rc == 0 && (got = receive(rfd, &value)) == 1)
        if (value % prime != 0)
            rc = pass_on(&right, rfd, value);
    shut(rfd); /* before the wait: the left must not block on us if we fail */
    return finish_neighbour(&right) == -1 || got == -1 ? -1 : rc;
}

static int run_source(int32_t n)
{
    struct neighbour right = {.wfd = -1};
    int rc = 0;

    for (int32_t value = MIN_N; rc == 0 && value <= n; value++)
        rc = pass_on(&right, -1, value);
    return finish_neighbour(&right) == -1 ? -1 : rc;
}

int main(int argc, char *argv[])
{
    const char *text = argc == 2 ? argv[1] : "";
    int digits = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    unsigned long n = digits ? strtoul(text, NULL, 10) : 0; /* or ULONG_MAX */

    if (n < MIN_N || n > MAX_N) {
        fprintf(stderr, "usage: sieve N, with N from %d to %d\n", MIN_N, MAX_N);
        return 2;
    }
    /* A neighbour that fails must not kill us: we still have to wait for it. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return 1;
    return run_source((int32_t)n) == -1;
}
