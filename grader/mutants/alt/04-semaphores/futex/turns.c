/* SPDX-License-Identifier: MIT */
/* turns N K with no semaphore at all: one shared word says whose turn it is, and futex(2) lets the
 * others sleep until it changes. */
#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "crew.h"
#include "kit.h"

struct game {
    int n, k;
    _Atomic unsigned turn; /* counted on; letter turn % n */
};

static int fail(const char *call)
{
    fprintf(stderr, "turns: %s: %s\n", call, strerror(errno));
    return -1;
}

/* Sleep while the word is @seen. Woken or not, the caller looks again. */
static int sleep_on(_Atomic unsigned *word, unsigned seen)
{
    if (syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0) == -1 && errno != EAGAIN &&
        errno != EINTR)
        return fail("futex");
    return 0;
}

static int play(int i, void *arg)
{
    struct game *g = arg;

    for (int round = 0; round < g->k; round++) {
        unsigned mine = (unsigned)(round * g->n + i), now;

        kit_want("turn", i);
        while ((now = atomic_load(&g->turn)) != mine)
            if (sleep_on(&g->turn, now) == -1)
                return -1;
        kit_enter("turn", i);
        if (dprintf(STDOUT_FILENO, "%c\n", 'A' + i) < 0)
            return fail("write");
        kit_leave("turn", i);
        atomic_store(&g->turn, mine + 1);
        if (syscall(SYS_futex, &g->turn, FUTEX_WAKE, g->n, NULL, NULL, 0) == -1)
            return fail("futex");
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? (int)crew_number(argv[1], 2, 26) : -1;
    int k = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    struct game *g;

    if (n == -1 || k == -1) {
        fprintf(stderr, "usage: turns N K\n");
        return 2;
    }
    g = mmap(NULL, sizeof *g, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (g == MAP_FAILED)
        return fail("mmap") == -1;
    g->n = n;
    g->k = k;
    return crew_run("turns", n, play, g) == -1;
}
