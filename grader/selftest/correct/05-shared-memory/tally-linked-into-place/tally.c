/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kit.h"

struct linked {
    sem_t lock;
    unsigned long count;
    unsigned finished;
};

struct linked *linked_open(const char *name);

/* 1 to @max, or 0. */
static long number(const char *text, long max)
{
    long n = 0;

    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return 0;
        n = n * 10 + (*text - '0');
        if (n > max)
            return 0;
    }
    return n;
}

static void lock(struct linked *l)
{
    while (sem_wait(&l->lock) == -1)
        if (errno != EINTR) {
            perror("tally: sem_wait");
            exit(1);
        }
}

int main(int argc, char **argv)
{
    long p = argc == 4 ? number(argv[2], 64) : 0;
    long k = argc == 4 ? number(argv[3], 1000000) : 0;
    unsigned long total = 0;
    unsigned nth = 0;
    struct linked *l;
    int rc = 0;

    if (p == 0 || k == 0) {
        fputs("usage: tally NAME P K\n", stderr);
        return 2;
    }
    l = linked_open(argv[1]);
    if (!l)
        return 1;
    for (long i = 0; i < k; i++) {
        lock(l);
        kit_enter("add", 0);
        l->count = l->count + 1;
        kit_leave("add", 0);
        if (i == k - 1) { /* in the same turn as its last addition */
            nth = ++l->finished;
            total = l->count;
        }
        sem_post(&l->lock);
    }
    if (nth != (unsigned)p)
        return 0;
    shm_unlink(argv[1]);
    if (dprintf(STDOUT_FILENO, "total %lu\n", total) < 0) {
        perror("tally: write");
        rc = 1;
    }
    munmap(l, sizeof *l);
    return rc;
}
