/* SPDX-License-Identifier: MIT */
/*
 * bbuf P C N: P producers hand N items each to C consumers, over four slots.
 *
 * Write here what each semaphore counts or guards, and what it starts at,
 * before you write code.
 */
#include <errno.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "crew.h"

/* What all processes share. */
struct buffer {
    int producers, consumers, items;
    /* TODO(04.6): the semaphores, and which slot is the next one. */
    struct arena arena;
};

/* Put one item into the next slot. Return: 0, or -1 after a complaint. */
static int put(struct buffer *b, int64_t item)
{
    /* TODO(04.6): wait for room, fill the slot, tell that it is full. */
    /* TODO(04.7): two producers come at once. */
    /* TODO(04.8): a consumer is at another slot: must you wait for it? */
    arena_put(&b->arena, 0, item);
    return -1;
}

/* Take one item out of the next slot. Return: 0, or -1 after a complaint. */
static int get(struct buffer *b, int64_t *item)
{
    /* TODO(04.6): wait for an item, empty the slot, tell that it is empty. */
    *item = arena_take(&b->arena, 0);
    return -1;
}

/* The work of process @i: a producer, or a consumer.
 * Return: 0, or -1 after a complaint. */
static int work(int i, void *arg)
{
    struct buffer *b = arg;
    int64_t item;

    /* TODO(04.6): items p * N .. p * N + N - 1; "consumer C item X". */
    /* TODO(04.7): how does a consumer learn that no more items will come? */
    return i < b->producers ? put(b, 0) : get(b, &item);
}

int main(int argc, char *argv[])
{
    /* TODO(04.6): check the arguments; make what is shared; run; clean up. */
    (void)argc;
    (void)argv;
    (void)work; /* crew_run("bbuf", p + c, work, ..) */
    fprintf(stderr, "bbuf: TODO(04.6): not written yet\n");
    return 70;
}
