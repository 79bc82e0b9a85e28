/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A counter whose load and store stand in two lines. Nobody waits for it, so that nothing may be
 * said of polling. */
#include "pair.h"

enum { ROUNDS = 20000 };

static void count(volatile int *counter)
{
    for (int i = 0; i < ROUNDS; i++) {
        int seen = *counter; /* [first] */
        if (i % 3 == 0)
            sched_yield();
        *counter = seen + 1; /* [second] */
    }
}

int main(void)
{
    volatile int *counter = shared(sizeof(*counter));
    pid_t pid = start();
    if (pid == 0) {
        count(counter);
        _exit(0);
    }
    if (ORDERED)
        finish(pid);
    count(counter);
    if (!ORDERED)
        finish(pid);
    return 0;
}
