/* SPDX-License-Identifier: MIT */
/*
 * sieve in another style: every process reads its numbers from descriptor 0 and calls the same
 * function again in its child, after the pipe has been moved there. Output goes through stdio,
 * flushed before anything is forked.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

static int sift(void);

/* Start a child that reads descriptor 0. Return: where to write for it, or -1. */
static int grow(pid_t *child)
{
    int p[2];

    if (pipe(p) == -1) {
        perror("sieve: pipe");
        return -1;
    }
    switch (*child = fork()) {
    case -1:
        perror("sieve: fork");
        close(p[0]);
        close(p[1]);
        return -1;
    case 0:
        if (dup2(p[0], STDIN_FILENO) == -1)
            _exit(EXIT_FAILURE);
        close(p[0]);
        close(p[1]);
        _exit(sift());
    default:
        close(p[0]);
        return p[1];
    }
}

static int reap(pid_t child)
{
    int status;

    if (child <= 0) /* none was made */
        return EXIT_SUCCESS;
    if (waitpid(child, &status, 0) == -1) {
        perror("sieve: waitpid");
        return EXIT_FAILURE;
    }
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int sift(void)
{
    int32_t prime, n;
    pid_t child = 0;
    int to = -1, failed = 0;

    if (read_full(STDIN_FILENO, &prime, sizeof prime) != sizeof prime)
        return EXIT_FAILURE;
    printf("prime %d\n", (int)prime);
    if (fflush(stdout) == EOF) {
        perror("sieve: fflush");
        return EXIT_FAILURE;
    }
    while (!failed && read_full(STDIN_FILENO, &n, sizeof n) == sizeof n) {
        if (n % prime == 0)
            continue;
        if (to == -1)
            to = grow(&child);
        failed = to == -1 || write_full(to, &n, sizeof n) == -1;
    }
    close(STDIN_FILENO);
    if (to != -1)
        close(to);
    return reap(child) == EXIT_SUCCESS && !failed ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    char *end;
    long limit;
    pid_t child;
    int to, failed = 0;

    limit = argc == 2 && strchr("0123456789", argv[1][0]) ? strtol(argv[1], &end, 10) : 0;
    if (limit < 2 || limit > 100000 || *end != '\0') {
        fputs("usage: sieve N\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    to = grow(&child);
    if (to == -1)
        return EXIT_FAILURE;
    for (int32_t n = 2; n <= limit && !failed; n++)
        failed = write_full(to, &n, sizeof n) == -1;
    close(to);
    return reap(child) == EXIT_SUCCESS && !failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
