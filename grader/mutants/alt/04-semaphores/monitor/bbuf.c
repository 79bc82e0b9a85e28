/* SPDX-License-Identifier: MIT */
/* bbuf P C N as a monitor: the state of each slot is guarded, the slot itself is worked on outside.
 * No poison: when all producers are done and the queue is empty, consumers know it. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "arena.h"
#include "crew.h"

enum state { EMPTY, AT_WORK, FULL };

struct shared {
    int producers, items;
    pthread_mutex_t mutex; /* guards: */
    pthread_cond_t changed;
    enum state state[ARENA_SLOTS];
    long in, out, total;
    struct arena arena; /* a slot AT_WORK: whoever made it so */
};

static int fail(const char *call, int error)
{
    fprintf(stderr, "bbuf: %s: %s\n", call, strerror(error));
    return -1;
}

static int lock(struct shared *s)
{
    int error = pthread_mutex_lock(&s->mutex);

    return error ? fail("pthread_mutex_lock", error) : 0;
}

static void unlock(struct shared *s)
{
    pthread_mutex_unlock(&s->mutex);
}

/* Return: shared memory with a mutex and a condition for several processes, or NULL. */
static struct shared *make_shared(void)
{
    struct shared *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t ma;
    pthread_condattr_t ca;

    if (s == MAP_FAILED) {
        fail("mmap", errno);
        return NULL;
    }
    pthread_mutexattr_init(&ma);
    pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&s->mutex, &ma);
    pthread_mutexattr_destroy(&ma);
    pthread_condattr_init(&ca);
    pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&s->changed, &ca);
    pthread_condattr_destroy(&ca);
    return s;
}

/* Wait until slot *@at % 4 is @from and make it ours. Return: the slot, -1 = no item will come. */
static int claim(struct shared *s, long *at, enum state from)
{
    int slot = -1;

    if (lock(s) == -1)
        return -1;
    while (*at < s->total && s->state[*at % ARENA_SLOTS] != from)
        pthread_cond_wait(&s->changed, &s->mutex);
    if (*at < s->total) {
        slot = (int)(*at % ARENA_SLOTS);
        s->state[slot] = AT_WORK;
        ++*at;
        pthread_cond_broadcast(&s->changed);
    }
    unlock(s);
    return slot;
}

static int done(struct shared *s, int slot, enum state to)
{
    if (lock(s) == -1)
        return -1;
    s->state[slot] = to;
    pthread_cond_broadcast(&s->changed);
    unlock(s);
    return 0;
}

static int produce(struct shared *s, int p)
{
    for (int i = 0; i < s->items; i++) {
        int slot = claim(s, &s->in, EMPTY);

        if (slot == -1)
            return -1;
        arena_put(&s->arena, slot, (int64_t)p * s->items + i);
        if (done(s, slot, FULL) == -1)
            return -1;
    }
    return 0;
}

static int consume(struct shared *s, int c)
{
    int slot;

    while ((slot = claim(s, &s->out, FULL)) != -1) {
        int64_t item = arena_take(&s->arena, slot);

        if (done(s, slot, EMPTY) == -1)
            return -1;
        if (dprintf(STDOUT_FILENO, "consumer %d item %" PRId64 "\n", c, item) < 0)
            return fail("write", errno);
    }
    return 0;
}

static int work(int i, void *arg)
{
    struct shared *s = arg;

    return i < s->producers ? produce(s, i) : consume(s, i - s->producers);
}

int main(int argc, char *argv[])
{
    int p = argc == 4 ? (int)crew_number(argv[1], 1, 20) : -1;
    int c = argc == 4 ? (int)crew_number(argv[2], 1, 20) : -1;
    int n = argc == 4 ? (int)crew_number(argv[3], 1, 100000) : -1;
    struct shared *s;

    if (p == -1 || c == -1 || n == -1) {
        fprintf(stderr, "usage: bbuf P C N\n");
        return 2;
    }
    s = make_shared();
    if (s == NULL)
        return 1;
    s->producers = p;
    s->items = n;
    s->total = (long)p * n;
    return crew_run("bbuf", p + c, work, s) == -1;
}
