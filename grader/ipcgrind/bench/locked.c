/* SPDX-License-Identifier: GPL-2.0-or-later */
/* W3: two workers update one array; each block of it has a lock, so that every access comes in a
 * new epoch and may follow one of the other worker. */
#include "bench.h"

enum { BLOCKS = 128, CELLS = 512, PASSES = 100 };

static struct block {
    pthread_mutex_t lock;
    long cell[CELLS]; /* guarded by lock */
} * blocks;

static void *update(void *arg)
{
    int first = *(int *)arg;
    for (int pass = 0; pass < PASSES; pass++)
        for (int b = 0; b < BLOCKS; b++) {
            struct block *block = &blocks[(b + first) % BLOCKS];
            volatile long *cell = block->cell;
            must(pthread_mutex_lock(&block->lock) == 0, "pthread_mutex_lock");
            for (int i = 0; i < CELLS; i++)
                cell[i] += i ^ pass;
            must(pthread_mutex_unlock(&block->lock) == 0, "pthread_mutex_unlock");
        }
    return NULL;
}

int main(void)
{
    int first[2] = {0, BLOCKS / 2};
    blocks = common(BLOCKS * sizeof(*blocks));
    for (int b = 0; b < BLOCKS; b++)
        lock_init(&blocks[b].lock);
    struct worker a = work(update, &first[0]);
    struct worker b = work(update, &first[1]);
    end(&a);
    end(&b);
    return blocks[1].cell[1] == 0;
}
