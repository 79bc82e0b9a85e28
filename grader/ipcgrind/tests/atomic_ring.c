/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One producer, one consumer, a ring, two mappings of it at different addresses, and the consumer
 * another program; the twin publishes relaxed. */
#include "pair.h"

#include <stdatomic.h>

enum { SLOTS = 4, MESSAGES = 40, FD = 20 };

struct ring {
    _Atomic uint32_t head, tail;
    int slot[SLOTS];
};

static struct ring *map(void)
{
    struct ring *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED, FD, 0);
    must(r != MAP_FAILED, "mmap");
    return r;
}

static int consume(struct ring *r)
{
    int sum = 0;
    for (uint32_t i = 0; i < MESSAGES; i++) {
        while (atomic_load_explicit(&r->head, memory_order_acquire) == i)
            sched_yield();
        sum += r->slot[i % SLOTS]; /* [second] */
        atomic_store_explicit(&r->tail, i + 1, memory_order_release);
    }
    return sum == MESSAGES * (MESSAGES - 1) / 2 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return consume(map());
    int fd = memfd_create("ring", 0);
    must(fd >= 0 && ftruncate(fd, 4096) == 0 && dup2(fd, FD) == FD, "memfd");
    must(mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED, "mmap");
    struct ring *r = map();
    pid_t pid = start();
    if (pid == 0) {
        execl(argv[0], argv[0], "consumer", (char *)NULL);
        _exit(3);
    }
    for (uint32_t i = 0; i < MESSAGES; i++) {
        while (i - atomic_load_explicit(&r->tail, memory_order_acquire) == SLOTS)
            sched_yield();
        r->slot[i % SLOTS] = (int)i; /* [first] */
        atomic_store_explicit(&r->head, i + 1,
                              ORDERED ? memory_order_release : memory_order_relaxed);
    }
    finish(pid);
}
