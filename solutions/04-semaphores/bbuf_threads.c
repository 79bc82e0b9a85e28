/* SPDX-License-Identifier: MIT */
/*
 * bbuf_threads P C N: as bbuf, with threads in the place of processes.
 *
 * What changes: nothing has to be mapped, as threads share all memory; pshared
 * is 0; and a tool for threads can see what is missing.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "crew.h"

enum { MAX_P = 20, MAX_C = 20, MAX_ITEMS = 100000 };

/* Shared by all threads. */
static struct buffer {
    int producers, consumers, items; /* constant */
    sem_t empty, full;               /* slots that are so */
    sem_t put_lock;                  /* guards, with the slot at in: */
    int in, producing;
    sem_t take_lock; /* guards, with the slot at out: */
    int out;
    struct arena arena;
} b;

/* A failed thread ends the program: the others might wait for it for ever. */
static void fail(const char *call, int error)
{
    fprintf(stderr, "bbuf_threads: %s: %s\n", call, strerror(error));
    exit(1);
}

static void take(sem_t *s)
{
    while (sem_wait(s) == -1)
        if (errno != EINTR)
            fail("sem_wait", errno);
}

static void give(sem_t *s)
{
    if (sem_post(s) == -1)
        fail("sem_post", errno);
}

static void put(int64_t item)
{
    take(&b.empty);
    take(&b.put_lock);
    arena_put(&b.arena, b.in, item);
    b.in = (b.in + 1) % ARENA_SLOTS;
    give(&b.put_lock);
    give(&b.full);
}

static int64_t get(void)
{
    int64_t item;

    take(&b.full);
    take(&b.take_lock);
    item = arena_take(&b.arena, b.out);
    b.out = (b.out + 1) % ARENA_SLOTS;
    give(&b.take_lock);
    give(&b.empty);
    return item;
}

static void *produce(void *number)
{
    int64_t p = (intptr_t)number;
    int last;

    for (int i = 0; i < b.items; i++)
        put(p * b.items + i);
    take(&b.put_lock);
    last = --b.producing == 0;
    give(&b.put_lock);
    for (int i = 0; last && i < b.consumers; i++)
        put(ARENA_POISON);
    return NULL;
}

static void *consume(void *number)
{
    int c = (int)(intptr_t)number;
    int64_t item;

    while ((item = get()) != ARENA_POISON)
        if (dprintf(STDOUT_FILENO, "consumer %d item %" PRId64 "\n", c, item) <
            0)
            fail("write", errno);
    return NULL;
}

static void start(pthread_t *thread, void *(*body)(void *), int number)
{
    int error = pthread_create(thread, NULL, body, (void *)(intptr_t)number);

    if (error != 0)
        fail("pthread_create", error);
}

static void run(void)
{
    pthread_t thread[MAX_P + MAX_C];
    int n = 0;

    for (int p = 0; p < b.producers; p++)
        start(&thread[n++], produce, p);
    for (int c = 0; c < b.consumers; c++)
        start(&thread[n++], consume, c);
    while (n > 0) {
        int error = pthread_join(thread[--n], NULL);

        if (error != 0)
            fail("pthread_join", error);
    }
}

int main(int argc, char *argv[])
{
    b.producers = argc == 4 ? (int)crew_number(argv[1], 1, MAX_P) : -1;
    b.consumers = argc == 4 ? (int)crew_number(argv[2], 1, MAX_C) : -1;
    b.items = argc == 4 ? (int)crew_number(argv[3], 1, MAX_ITEMS) : -1;
    b.producing = b.producers;
    if (b.producers == -1 || b.consumers == -1 || b.items == -1) {
        fprintf(stderr, "usage: bbuf_threads P C N\n");
        return 2;
    }
    if (sem_init(&b.empty, 0, ARENA_SLOTS) == -1 ||
        sem_init(&b.full, 0, 0) == -1 || sem_init(&b.put_lock, 0, 1) == -1 ||
        sem_init(&b.take_lock, 0, 1) == -1)
        fail("sem_init", errno);
    run();
    return 0;
}
