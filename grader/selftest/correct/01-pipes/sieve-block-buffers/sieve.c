/* SPDX-License-Identifier: MIT */
/* sieve: numbers in blocks of 1 KiB in both directions. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

enum { BLOCK = 1024 };

struct reader {
    int fd;
    size_t have, used; /* bytes in the block; bytes taken out of it */
    char block[BLOCK];
};

struct writer {
    int fd; /* -1: no process on the right yet */
    pid_t pid;
    size_t have;
    char block[BLOCK];
};

static int run_filter(int fd);

static int flush(struct writer *w)
{
    size_t n = w->have;

    w->have = 0;
    if (n == 0 || write_full(w->fd, w->block, n) != -1)
        return 0;
    if (errno != EPIPE)
        perror("sieve: write");
    return -1;
}

/* Return: 1 a number, 0 the end, -1 failure. */
static int next_number(struct reader *r, int32_t *v)
{
    while (r->have - r->used < sizeof *v) {
        ssize_t got;

        memmove(r->block, r->block + r->used, r->have - r->used);
        r->have -= r->used;
        r->used = 0;
        got = read(r->fd, r->block + r->have, BLOCK - r->have);
        if (got == -1)
            perror("sieve: read");
        if (got <= 0)
            return (int)got;
        r->have += (size_t)got;
    }
    memcpy(v, r->block + r->used, sizeof *v);
    r->used += sizeof *v;
    return 1;
}

static int start(struct writer *w, int left)
{
    int p[2];

    if (pipe(p) == -1) {
        perror("sieve: pipe");
        return -1;
    }
    w->pid = fork();
    if (w->pid == 0) {
        close(p[1]);
        if (left != -1)
            close(left);
        _exit(run_filter(p[0]));
    }
    close(p[0]);
    if (w->pid == -1) {
        perror("sieve: fork");
        close(p[1]);
        return -1;
    }
    w->fd = p[1];
    return 0;
}

static int push(struct writer *w, int left, int32_t v)
{
    if (w->fd == -1 && start(w, left) == -1)
        return -1;
    memcpy(w->block + w->have, &v, sizeof v);
    w->have += sizeof v;
    return w->have == BLOCK ? flush(w) : 0;
}

static int finish(struct writer *w)
{
    int status, rc;

    if (w->fd == -1)
        return 0;
    rc = flush(w);
    close(w->fd);
    if (waitpid(w->pid, &status, 0) == -1 || status != 0)
        rc = -1;
    return rc;
}

static int run_filter(int fd)
{
    struct reader r = {.fd = fd};
    struct writer w = {.fd = -1};
    int32_t prime = 0, v;
    int got = next_number(&r, &prime), rc = got == 1 ? 0 : -1;

    if (rc == 0 && dprintf(1, "prime %d\n", prime) < 0) {
        perror("sieve: dprintf");
        rc = -1;
    }
    while (rc == 0 && (got = next_number(&r, &v)) == 1)
        if (v % prime != 0)
            rc = push(&w, fd, v);
    close(fd);
    return finish(&w) == -1 || got == -1 || rc == -1;
}

int main(int argc, char *argv[])
{
    struct writer w = {.fd = -1};
    int rc = 0;
    long n;

    if (argc != 2 || argv[1][0] == '\0' || strspn(argv[1], "0123456789") != strlen(argv[1]) ||
        (n = strtol(argv[1], NULL, 10)) < 2 || n > 100000) {
        fprintf(stderr, "usage: sieve N\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    for (int32_t v = 2; v <= n && rc == 0; v++)
        rc = push(&w, -1, v);
    return finish(&w) == -1 || rc == -1;
}
