/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number that both processes count atomically; in the twin one of them forgets to. */
#include "pair.h"

#include <stdatomic.h>

int main(void)
{
    int *n = shared(sizeof(*n));
    pid_t pid = start();
    if (pid == 0) {
        __atomic_fetch_add(n, 1, __ATOMIC_RELAXED); /* [first] */
        _exit(0);
    }
    if (ORDERED)
        __atomic_fetch_add(n, 1, __ATOMIC_RELAXED);
    else
        *n = *n + 1; /* [second] */
    finish(pid);
}
