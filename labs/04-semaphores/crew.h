/* SPDX-License-Identifier: MIT */
/*
 * crew.h: start several processes, and wait for all of them. Given, so that
 * this lab can be about what they do to each other.
 *
 *  1. Make what they share (a shared mapping, semaphores) first: a process has
 *     what was there when it was started.
 *  2. crew_run("turns", n, body, &game) starts n processes; number i, counted
 *     from 0, runs body(i, &game), and nothing else.
 *  3. When it returns, all of them have ended. Remove what you made.
 *
 * A process of the crew ends with _exit(): text that is still in a stdio buffer
 * is lost, so write with dprintf() or write(), or fflush() each line.
 *
 * If one process fails, the others are ended: they might wait for it for ever.
 */
#ifndef CREW_H
#define CREW_H

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CREW_MAX = 64 };

/* Processes that still run; 0 where one has been waited for. */
struct crew {
    pid_t pid[CREW_MAX];
    int n;
    int ended; /* by us, because one failed */
};

static inline void crew_end(struct crew *c)
{
    c->ended = 1;
    for (int i = 0; i < c->n; i++)
        if (c->pid[i] > 0)
            kill(c->pid[i], SIGKILL); /* not waited for: the number is its */
}

/* Wait for one. Return: 0 if it ended well, -1 otherwise. */
static inline int crew_wait(const char *prog, struct crew *c)
{
    int status;
    pid_t pid;

    do
        pid = wait(&status);
    while (pid == -1 && errno == EINTR);
    if (pid == -1) {
        fprintf(stderr, "%s: wait: %s\n", prog, strerror(errno));
        return -1;
    }
    for (int i = 0; i < c->n; i++)
        if (c->pid[i] == pid)
            c->pid[i] = 0;
    if (WIFSIGNALED(status) && !c->ended)
        fprintf(stderr, "%s: wait: a process was ended by signal %d\n", prog,
                WTERMSIG(status));
    return status == 0 ? 0 : -1;
}

/**
 * Run body(i, @arg) in @n (1 to CREW_MAX) processes of their own, i = 0 .. n-1,
 * and wait for all of them. What body does to ordinary memory is lost with its
 * process; only a shared mapping is shared.
 *
 * Return: 0 if each body returned 0. Otherwise -1; then whoever failed has said
 *         why on stderr, and no process of the crew is left.
 */
static inline int crew_run(const char *prog, int n,
                           int (*body)(int i, void *arg), void *arg)
{
    struct crew c = {.n = 0};
    int rc = 0;

    fflush(NULL); /* or each process would have a copy of what waits here */
    while (c.n < n && rc == 0) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(body(c.n, arg) == 0 ? 0 : 1);
        if (pid == -1) {
            fprintf(stderr, "%s: fork: %s\n", prog, strerror(errno));
            rc = -1;
        } else {
            c.pid[c.n++] = pid;
        }
    }
    for (int left = c.n; left > 0; left--) {
        if (rc == -1 && !c.ended)
            crew_end(&c);
        if (crew_wait(prog, &c) == -1)
            rc = -1;
    }
    return rc;
}

/**
 * Read a number from an argument.
 * Return: its value if @text is digits only and the value is @min to @max;
 *         else -1.
 */
static inline long crew_number(const char *text, long min, long max)
{
    long value;

    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return -1;
    errno = 0;
    value = strtol(text, NULL, 10);
    return errno == 0 && value >= min && value <= max ? value : -1;
}

#endif
