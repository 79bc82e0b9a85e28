/* SPDX-License-Identifier: MIT */
/*
 * sieve N: print the primes up to N; each prime has a process of its own.
 *
 * Write here who closes what and who waits for whom, before you write code.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h" /* yours, from part 1A; you need not use it */

/* The process of one prime: it reads its numbers from rfd.
 * Return: its exit status. */
static int run_filter(int rfd)
{
    /* TODO(01.4): the first number is a prime: print it. */
    /* TODO(01.5): pass on what the prime does not divide, to the right. */
    /* TODO(01.5): at the end: close, and wait for the neighbour. */
    /* TODO(01.6): close what fork() copied; tell whether all went well. */
    (void)rfd;
    return 70;
}

/* The first process: it sends 2, 3, .. n to the right.
 * Return: the exit status of the program. */
static int run_source(int32_t n)
{
    /* TODO(01.4): make a pipe, start the first filter, send the numbers. */
    /* TODO(01.4): at the end: close, and wait for it. */
    /* TODO(01.6): tell whether all went well, also far on the right. */
    (void)n;
    return run_filter(-1);
}

int main(int argc, char *argv[])
{
    /* TODO(01.4): check the arguments: exactly one, and a number in range. */
    (void)argc;
    (void)argv;
    fprintf(stderr, "sieve: TODO(01.4): not written yet\n");
    return run_source(0);
}
