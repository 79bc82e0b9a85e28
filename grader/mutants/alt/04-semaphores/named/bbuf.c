/* SPDX-License-Identifier: MIT */
/* bbuf P C N with tickets: item number t goes through slot t % 4, and each slot has two named
 * semaphores of its own. Who draws a ticket keeps the lock of its side until the slot is its own,
 * so nobody overtakes; the work in the slot is done outside of all locks, by any number at once. No
 * poison: who draws a ticket behind the last item is done. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>

#include "arena.h"
#include "crew.h"

struct buffer {
    int producers, items;
    long total;
    long in;  /* guarded by in_lock */
    long out; /* guarded by out_lock */
    struct arena arena;
};

static sem_t *in_lock, *out_lock, *empty[ARENA_SLOTS], *full[ARENA_SLOTS];

static int fail(const char *call)
{
    fprintf(stderr, "bbuf: %s: %s\n", call, strerror(errno));
    return -1;
}

static sem_t *open_sem(const char *what, int i, unsigned value)
{
    char name[64];
    sem_t *s;

    snprintf(name, sizeof name, "/bbuf.%d.%s.%d", (int)getpid(), what, i);
    s = sem_open(name, O_CREAT | O_EXCL, 0600, value);
    if (s == SEM_FAILED || sem_unlink(name) == -1) {
        fail("sem_open");
        return NULL;
    }
    return s;
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

static int produce(struct buffer *b, int p)
{
    for (int i = 0; i < b->items; i++) {
        int slot;

        if (take(in_lock) == -1)
            return -1;
        slot = (int)(b->in++ % ARENA_SLOTS);
        if (take(empty[slot]) == -1 || give(in_lock) == -1)
            return -1;
        arena_put(&b->arena, slot, (int64_t)p * b->items + i);
        if (give(full[slot]) == -1)
            return -1;
    }
    return 0;
}

static int consume(struct buffer *b, int c)
{
    for (;;) {
        int64_t item;
        long ticket;
        int slot;

        if (take(out_lock) == -1)
            return -1;
        ticket = b->out < b->total ? b->out++ : b->total;
        slot = (int)(ticket % ARENA_SLOTS);
        if ((ticket < b->total && take(full[slot]) == -1) || give(out_lock) == -1)
            return -1;
        if (ticket == b->total)
            return 0;
        item = arena_take(&b->arena, slot);
        if (give(empty[slot]) == -1)
            return -1;
        if (dprintf(STDOUT_FILENO, "consumer %d item %" PRId64 "\n", c, item) < 0)
            return fail("write");
    }
}

static int work(int i, void *arg)
{
    struct buffer *b = arg;

    return i < b->producers ? produce(b, i) : consume(b, i - b->producers);
}

int main(int argc, char *argv[])
{
    int p = argc == 4 ? (int)crew_number(argv[1], 1, 20) : -1;
    int c = argc == 4 ? (int)crew_number(argv[2], 1, 20) : -1;
    int n = argc == 4 ? (int)crew_number(argv[3], 1, 100000) : -1;
    struct buffer *b;

    if (p == -1 || c == -1 || n == -1) {
        fprintf(stderr, "usage: bbuf P C N\n");
        return 2;
    }
    b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (b == MAP_FAILED)
        return fail("mmap") == -1;
    b->producers = p;
    b->items = n;
    b->total = (long)p * n;
    in_lock = open_sem("in", 0, 1);
    out_lock = open_sem("out", 0, 1);
    for (int i = 0; i < ARENA_SLOTS; i++) {
        empty[i] = open_sem("empty", i, 1);
        full[i] = open_sem("full", i, 0);
        if (!in_lock || !out_lock || !empty[i] || !full[i])
            return 1;
    }
    return crew_run("bbuf", p + c, work, b) == -1;
}
