/* SPDX-License-Identifier: GPL-2.0-or-later */
/* W2: one worker updates an array that lies in shared memory, all of it, again and again. */
#include "bench.h"

enum { CELLS = 1 << 16, PASSES = 300 };

static void *update(void *arg)
{
    volatile long *cell = arg;
    for (int pass = 0; pass < PASSES; pass++)
        for (int i = 0; i < CELLS; i++)
            cell[i] += i ^ pass;
    return NULL;
}

int main(void)
{
    long *cell = common(CELLS * sizeof(*cell));
    struct worker w = work(update, cell);
    end(&w);
    return cell[1] == 0;
}
