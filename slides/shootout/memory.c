/* SPDX-License-Identifier: MIT */
/*
 * Semaphores alone, and shared memory in three ways of waiting.
 *
 * A lane leads one way: SLOTS slots, each for one whole message, filled and
 * emptied in turn by one process each. The three ways differ only in how a side
 * waits while there is nothing for it to do: two semaphores that count the empty
 * and the full slots, a futex that is touched only if somebody sleeps, or the same
 * after a short while of looking again and again.
 */
#include <errno.h>
#include <linux/futex.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shoot.h"

enum { SLOTS = 8, LOOKS = 100000 };

struct lane {
    /* The two counters of the semaphore way. */
    sem_t empty, full;

    /* The two counters of the futex way, on cache lines of their own: messages put
     * in, stored by the producer only, and taken out, stored by the consumer only. */
    _Alignas(64) _Atomic uint32_t put;
    _Atomic uint32_t consumer_sleeps;
    _Alignas(64) _Atomic uint32_t taken;
    _Atomic uint32_t producer_sleeps;

    /* Slot i % SLOTS belongs to the producer until put passes i, then to the
     * consumer until taken passes i. */
    _Alignas(64) unsigned char slot[SLOTS][SHOOT_MAX];
};

void *map_shared(size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return at == MAP_FAILED ? NULL : at;
}

static int lane_create(struct link *l)
{
    for (int way = 0; way < 2; way++) {
        struct lane *lane = map_shared(sizeof *lane);

        l->memory[way] = lane;
        if (lane == NULL || sem_init(&lane->empty, 1, SLOTS) == -1 ||
            sem_init(&lane->full, 1, 0) == -1)
            return -1;
    }
    return 0;
}

static int lane_join(struct link *l, int side)
{
    l->side = side;
    return 0;
}

static void lane_leave(struct link *l)
{
    for (int way = 0; way < 2; way++) {
        if (l->memory[way] != NULL)
            munmap(l->memory[way], sizeof(struct lane));
        l->memory[way] = NULL;
    }
}

static int take(sem_t *sem)
{
    while (sem_wait(sem) == -1)
        if (!again())
            return -1;
    return 0;
}

static int sem_put(struct link *l, const void *buf, size_t n)
{
    struct lane *lane = l->memory[l->side];
    uint32_t i = atomic_load_explicit(&lane->put, memory_order_relaxed);

    if (take(&lane->empty) == -1)
        return -1;
    memcpy(lane->slot[i % SLOTS], buf, n);
    atomic_store_explicit(&lane->put, i + 1, memory_order_relaxed); /* ours alone here */
    return sem_post(&lane->full);
}

static int sem_get(struct link *l, void *buf, size_t n)
{
    struct lane *lane = l->memory[1 - l->side];
    uint32_t i = atomic_load_explicit(&lane->taken, memory_order_relaxed);

    if (take(&lane->full) == -1)
        return -1;
    memcpy(buf, lane->slot[i % SLOTS], n);
    atomic_store_explicit(&lane->taken, i + 1, memory_order_relaxed);
    return sem_post(&lane->empty);
}

static int only_post(struct link *l, const void *buf, size_t n)
{
    struct lane *lane = l->memory[l->side];

    (void)buf, (void)n;
    return sem_post(&lane->full);
}

static int only_wait(struct link *l, void *buf, size_t n)
{
    struct lane *lane = l->memory[1 - l->side];

    (void)buf, (void)n;
    return take(&lane->full);
}

static long futex(_Atomic uint32_t *word, int op, uint32_t value)
{
    return syscall(SYS_futex, word, op, value, NULL, NULL, 0);
}

/*
 * Wait until @word is no longer @old, and then tell nobody. @sleeps is set before
 * the last look: whoever changes @word afterwards sees it and wakes us.
 */
static int await(_Atomic uint32_t *word, uint32_t old, _Atomic uint32_t *sleeps, int looks)
{
    for (int i = 0; i < looks; i++)
        if (atomic_load_explicit(word, memory_order_acquire) != old)
            return 0;
    while (atomic_load_explicit(word, memory_order_acquire) == old) {
        atomic_store(sleeps, 1);
        if (atomic_load(word) == old && futex(word, FUTEX_WAIT, old) == -1 && errno != EAGAIN &&
            !again())
            return -1;
    }
    return 0;
}

/* Publish @value, and wake the other side only if it said that it sleeps. */
static int publish(_Atomic uint32_t *word, uint32_t value, _Atomic uint32_t *sleeps)
{
    atomic_store(word, value);
    if (atomic_exchange(sleeps, 0) == 0)
        return 0;
    return futex(word, FUTEX_WAKE, 1) == -1 ? -1 : 0;
}

static int ring_put(struct link *l, const void *buf, size_t n, int looks)
{
    struct lane *lane = l->memory[l->side];
    uint32_t i = atomic_load_explicit(&lane->put, memory_order_relaxed);
    uint32_t full = i - SLOTS; /* the value of taken with which no slot is free */

    if (await(&lane->taken, full, &lane->producer_sleeps, looks) == -1)
        return -1;
    memcpy(lane->slot[i % SLOTS], buf, n);
    return publish(&lane->put, i + 1, &lane->consumer_sleeps);
}

static int ring_get(struct link *l, void *buf, size_t n, int looks)
{
    struct lane *lane = l->memory[1 - l->side];
    uint32_t i = atomic_load_explicit(&lane->taken, memory_order_relaxed);

    if (await(&lane->put, i, &lane->consumer_sleeps, looks) == -1)
        return -1;
    memcpy(buf, lane->slot[i % SLOTS], n);
    return publish(&lane->taken, i + 1, &lane->producer_sleeps);
}

static int futex_put(struct link *l, const void *buf, size_t n)
{
    return ring_put(l, buf, n, 0);
}

static int futex_get(struct link *l, void *buf, size_t n)
{
    return ring_get(l, buf, n, 0);
}

static int spin_put(struct link *l, const void *buf, size_t n)
{
    return ring_put(l, buf, n, LOOKS);
}

static int spin_get(struct link *l, void *buf, size_t n)
{
    return ring_get(l, buf, n, LOOKS);
}

static int set_create(struct link *l)
{
    l->id[0] = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
    return l->id[0] == -1 ? -1 : semctl(l->id[0], 0, SETVAL, 0) | semctl(l->id[0], 1, SETVAL, 0);
}

static int set_post(struct link *l, const void *buf, size_t n)
{
    struct sembuf up = {.sem_num = (unsigned short)l->side, .sem_op = 1};

    (void)buf, (void)n;
    return semop(l->id[0], &up, 1);
}

static int set_wait(struct link *l, void *buf, size_t n)
{
    struct sembuf down = {.sem_num = (unsigned short)(1 - l->side), .sem_op = -1};

    (void)buf, (void)n;
    while (semop(l->id[0], &down, 1) == -1)
        if (!again())
            return -1;
    return 0;
}

static void set_leave(struct link *l)
{
    (void)l;
}

static void set_destroy(struct link *l)
{
    if (l->id[0] != -1)
        semctl(l->id[0], 0, IPC_RMID);
}

const struct channel channel_sem = {"sem",     "sem (POSIX)", 1,          lane_create, lane_join,
                                    only_post, only_wait,     lane_leave, lane_leave};
const struct channel channel_set = {"semset", "sem (SysV)", 1,         set_create, lane_join,
                                    set_post, set_wait,     set_leave, set_destroy};
const struct channel channel_shm = {"shm",   "shm+semaphores", 0,          lane_create, lane_join,
                                    sem_put, sem_get,          lane_leave, lane_leave};
const struct channel channel_ring = {"ring",      "shm+futex ring", 0,
                                     lane_create, lane_join,        futex_put,
                                     futex_get,   lane_leave,       lane_leave};
const struct channel channel_spin = {"spin",      "shm ring + spin", 0,
                                     lane_create, lane_join,         spin_put,
                                     spin_get,    lane_leave,        lane_leave};
