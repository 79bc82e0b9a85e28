/* SPDX-License-Identifier: MIT */
/**
 * Child processes, some at a time: compilers and suites.
 *
 *  1. pool_init() once: signals become events, so that Ctrl-C never leaves a child behind.
 *  2. pool_run() with a struct pool_ops: it asks next() for work, forks, calls child() there (which
 *     execs), collects what the child writes, and calls ended() when it is gone.
 *  3. pool_finish(): kills and reaps whatever is still below us.
 *
 * Memory is bounded: of each stream a head and a tail are kept.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { POOL_MAX = 16, POOL_HEAD = 48 * 1024, POOL_TAIL = 16 * 1024, POOL_RECORD = 300 * 1024 };

/** What came over one pipe. */
struct pool_buf {
    int fd;
    char *head;
    size_t len; /* of head */
    size_t cap;
    char *tail; /* a ring of POOL_TAIL bytes, or NULL */
    size_t total;
};

struct pool_child {
    int index; /* what next() said */
    int slot;  /* 0 .. jobs-1, unique among those that run */
    pid_t pid; /* 0: free */
    int status;
    bool gone;
    bool late; /* killed because its time was up */
    int64_t deadline;
    struct pool_buf out;    /* stdout and stderr */
    struct pool_buf record; /* descriptor 3 */
};

struct pool_ops {
    /** Return: the index of the next piece of work for @slot, or -1: none that may run now. */
    int (*next)(void *ctx, int slot);
    /** In the child: stdout and stderr are captured, 3 is the record pipe. Does not return. */
    void (*child)(void *ctx, int index, int slot);
    void (*ended)(void *ctx, const struct pool_child *c);
    long wall_ms; /* the net: longer, and it is killed */
};

struct pool {
    int sigfd;
    int stop; /* the signal that told us to stop, 0 = none */
    struct pool_child child[POOL_MAX];
};

/** Return: 0, or -1 with errno. */
int pool_init(struct pool *p);
/** Return: 0 when all work is done, -1 with p->stop set, or with errno (p->stop 0). */
int pool_run(struct pool *p, const struct pool_ops *ops, void *ctx, int jobs);
void pool_finish(struct pool *p);

/** Return: what @b holds as one string, a mark where the middle is missing; the caller frees. */
char *pool_text(const struct pool_buf *b, size_t *len);

#endif
