/* SPDX-License-Identifier: MIT */
/*
 * bbuf P C N: P producers hand N items each to C consumers, over four slots.
 *
 * `empty` and `full` count slots, so a producer waits for room and a consumer
 * for an item. Each side has a lock of its own for its index and for the slot
 * it is at: so a producer and a consumer are in different slots at the same
 * time, and never in the same one: a slot becomes `full` only after it was
 * filled, and `empty` only after it was emptied.
 *
 * The last producer puts one poison for each consumer behind all items.
 */
#include <errno.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "crew.h"

enum { MAX_P = 20, MAX_C = 20, MAX_ITEMS = 100000 };

/* Shared by all processes. */
struct buffer {
    int producers, consumers, items; /* constant */
    sem_t empty, full;               /* slots that are so */
    sem_t put_lock;                  /* guards, with the slot at in: */
    int in, producing;
    sem_t take_lock; /* guards, with the slot at out: */
    int out;
    struct arena arena;
};

static int fail(const char *call)
{
    fprintf(stderr, "bbuf: %s: %s\n", call, strerror(errno));
    return -1;
}

static int take(sem_t *s)
{
    while (sem_wait(s) == -1)
        if (errno != EINTR)
            return fail("sem_wait");
    return 0;
}

static int give(sem_t *s)
{
    return sem_post(s) == -1 ? fail("sem_post") : 0;
}

static int put(struct buffer *b, int64_t item)
{
    if (take(&b->empty) == -1 || take(&b->put_lock) == -1)
        return -1;
    arena_put(&b->arena, b->in, item);
    b->in = (b->in + 1) % ARENA_SLOTS;
    return give(&b->put_lock) == -1 ? -1 : give(&b->full);
}

static int get(struct buffer *b, int64_t *item)
{
    if (take(&b->full) == -1 || take(&b->take_lock) == -1)
        return -1;
    *item = arena_take(&b->arena, b->out);
    b->out = (b->out + 1) % ARENA_SLOTS;
    return give(&b->take_lock) == -1 ? -1 : give(&b->empty);
}

static int produce(struct buffer *b, int p)
{
    int last;

    for (int i = 0; i < b->items; i++)
        if (put(b, (int64_t)p * b->items + i) == -1)
            return -1;
    if (take(&b->put_lock) == -1)
        return -1;
    last = --b->producing == 0;
    if (give(&b->put_lock) == -1)
        return -1;
    for (int i = 0; last && i < b->consumers; i++)
        if (put(b, ARENA_POISON) == -1)
            return -1;
    return 0;
}

static int consume(struct buffer *b, int c)
{
    int64_t item;

    while (get(b, &item) == 0) {
        if (item == ARENA_POISON)
            return 0;
        if (dprintf(STDOUT_FILENO, "consumer %d item %" PRId64 "\n", c, item) <
            0)
            return fail("write");
    }
    return -1;
}

static int work(int i, void *arg)
{
    struct buffer *b = arg;

    return i < b->producers ? produce(b, i) : consume(b, i - b->producers);
}

static struct buffer *make_buffer(int producers, int consumers, int items)
{
    struct buffer *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (b == MAP_FAILED) {
        fail("mmap");
        return NULL;
    }
    b->producers = b->producing = producers;
    b->consumers = consumers;
    b->items = items;
    if (sem_init(&b->empty, 1, ARENA_SLOTS) == -1 ||
        sem_init(&b->full, 1, 0) == -1 || sem_init(&b->put_lock, 1, 1) == -1 ||
        sem_init(&b->take_lock, 1, 1) == -1) {
        fail("sem_init");
        return NULL; /* the mapping goes with the process */
    }
    return b;
}

int main(int argc, char *argv[])
{
    int p = argc == 4 ? (int)crew_number(argv[1], 1, MAX_P) : -1;
    int c = argc == 4 ? (int)crew_number(argv[2], 1, MAX_C) : -1;
    int n = argc == 4 ? (int)crew_number(argv[3], 1, MAX_ITEMS) : -1;
    struct buffer *b;

    if (p == -1 || c == -1 || n == -1) {
        fprintf(stderr,
                "usage: bbuf P C N, with P and C from 1 to %d, N from 1 "
                "to %d\n",
                MAX_P, MAX_ITEMS);
        return 2;
    }
    b = make_buffer(p, c, n);
    /* The semaphores are gone with the mapping, and it with this process. */
    return b == NULL || crew_run("bbuf", p + c, work, b) == -1;
}
