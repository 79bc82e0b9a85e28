/* SPDX-License-Identifier: MIT */
/*
 * arena.h: the slots of `bbuf`, and the only two functions that touch them.
 *
 *  1. Put a struct arena into memory that all processes share. New shared
 *     memory is all zero, and that is an arena whose slots are empty.
 *  2. arena_put() fills a slot, arena_take() empties it. Both work on it for a
 *     while, word by word: whoever comes between finds half an item.
 *
 * Nothing here keeps processes apart. That is your work.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stdint.h>

#include "kit.h"

enum {
    ARENA_SLOTS = 4,
    ARENA_WORDS = 64, /* what an item is made of */
};

/* What arena_take() may find; items are 0 and above. */
enum {
    ARENA_POISON = -1, /* "no more items": put by you, taken by a consumer */
    ARENA_EMPTY = -2,  /* nothing was there: taken too early, or twice */
    ARENA_TORN = -3,   /* words of different items */
};

/* One slot belongs to one process at a time, from before the first word is
 * touched until after the last one. */
struct slot {
    int64_t word[ARENA_WORDS]; /* each the item + 2; 0 = empty */
};

struct arena {
    struct slot slot[ARENA_SLOTS];
};

/** Fill slot @k, 0 .. ARENA_SLOTS-1, with @item (or ARENA_POISON). */
static inline void arena_put(struct arena *a, int k, int64_t item)
{
    kit_enter("put", k);
    for (int i = 0; i < ARENA_WORDS; i++)
        a->slot[k].word[i] = item + 2;
    kit_leave("put", k);
}

/** Empty slot @k. Return: the item; ARENA_POISON, ARENA_EMPTY or ARENA_TORN. */
static inline int64_t arena_take(struct arena *a, int k)
{
    int64_t found;
    int torn = 0;

    kit_enter("take", k);
    found = a->slot[k].word[0];
    for (int i = 0; i < ARENA_WORDS; i++) {
        torn |= a->slot[k].word[i] != found;
        a->slot[k].word[i] = 0;
    }
    kit_leave("take", k);
    return torn ? ARENA_TORN : found - 2;
}

#endif
