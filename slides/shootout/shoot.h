/* SPDX-License-Identifier: MIT */
/**
 * The shoot-out: every mechanism behind one small interface, measured alike.
 *
 *  1. create() makes everything that both processes need, before the fork.
 *  2. After it each process calls join() with its side, 0 or 1.
 *  3. put() and get() move messages of a known length, on either side.
 *  4. leave() on each side, then destroy() in the process that created.
 *
 * A channel carries bytes both ways. One with `signal_only` carries none: put()
 * and get() then are a post and a wait, and the size is 0.
 */
#ifndef SHOOT_H
#define SHOOT_H

#include <mqueue.h>
#include <signal.h>
#include <stddef.h>

enum { SHOOT_MAX = 65536 };

/* What a channel keeps; each uses a part of it. [0] leads from side 0 to side 1. */
struct link {
    int side;        /* set by join() */
    int fd[2][2];    /* [way][0 to read, 1 to write], -1 when there is none */
    mqd_t queue[2];  /* POSIX */
    int id[2];       /* System V */
    void *memory[2]; /* mapped before the fork, so shared */
    void *scratch;   /* of this process alone */
};

struct channel {
    const char *name;  /* in the CSV and for --only */
    const char *label; /* in the table and the plot */
    int signal_only;
    int (*create)(struct link *l);
    int (*join)(struct link *l, int side);
    int (*put)(struct link *l, const void *buf, size_t n);
    int (*get)(struct link *l, void *buf, size_t n);
    void (*leave)(struct link *l);
    void (*destroy)(struct link *l);
};

/** All channels, ended by one without a name. */
extern const struct channel *const channels[];

/* Set by a signal: Ctrl-C, or the deadline of a measurement. Calls that a handler
 * interrupted are repeated only while it is 0. */
extern volatile sig_atomic_t stopped;

/** errno is EINTR and nobody wants us to end: the call is to be repeated. */
int again(void);

/** put() and get() for channels whose link has descriptors. */
int fd_put(struct link *l, const void *buf, size_t n);
int fd_get(struct link *l, void *buf, size_t n);

/** @size bytes, shared with every process forked later. NULL with errno. */
void *map_shared(size_t size);

/* What one measurement says, in microseconds a message. */
struct figure {
    double median, low, high; /* low and high: the quartiles */
};

enum mode { PING, STREAM, MODES };

struct plan {
    int repetitions;      /* batches that count */
    double seconds;       /* about what a batch takes */
    int cpu[2];           /* where each side runs; -1: anywhere */
    unsigned int give_up; /* seconds after which a measurement is abandoned */
};

/**
 * Measure @c with messages of @size bytes, in two new-made ends of a link.
 *
 * PING: there and back. STREAM: one way, many in a row. Blocks for about
 * (repetitions + 1) * seconds, at most for give_up.
 *
 * Return: 0 and *@f, or -1 after a line on standard error. Nothing is left over:
 *         the other process has been waited for and all objects are removed.
 */
int measure(const struct channel *c, enum mode mode, size_t size, const struct plan *plan,
            struct figure *f);

/** Median and quartiles of @n values; sorts them. */
struct figure summarise(double *values, size_t n);

#endif
