/* SPDX-License-Identifier: MIT */
/*
 * seqlock.c without fences: all accesses are sequentially consistent, which is
 * what plain reading and writing of an _Atomic object means.
 */
#include <errno.h>
#include <sched.h>

#include "kit.h"
#include "telem.h"

void telem_write(struct telem *t, const int64_t v[TELEM_VALUES])
{
    int i;

    t->seq++;
    for (i = 0; i < TELEM_VALUES / 2; i++)
        t->value[i] = v[i];
    kit_point("write");
    for (; i < TELEM_VALUES; i++)
        t->value[i] = v[i];
    t->seq++;
}

int telem_read(struct telem *t, int64_t v[TELEM_VALUES])
{
    for (int tries = 0; tries < TELEM_TRIES; tries++) {
        uint32_t seq = t->seq;
        int i;

        if (seq & 1) {
            sched_yield();
            continue;
        }
        for (i = 0; i < TELEM_VALUES / 2; i++)
            v[i] = t->value[i];
        kit_point("read");
        for (; i < TELEM_VALUES; i++)
            v[i] = t->value[i];
        if (t->seq == seq)
            return 0;
    }
    errno = EAGAIN;
    return -1;
}
