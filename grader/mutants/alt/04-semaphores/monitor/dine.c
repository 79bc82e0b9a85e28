/* SPDX-License-Identifier: MIT */
/* dine N K as a monitor: both forks are taken at once, or none. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"
#include "table.h"

struct shared {
    int n, k;
    pthread_mutex_t mutex; /* guards: */
    pthread_cond_t changed;
    int taken[TABLE_MAX];
    struct table table; /* uses[i]: who has taken fork i */
};

static int fail(const char *call, int error)
{
    fprintf(stderr, "dine: %s: %s\n", call, strerror(error));
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

static int set_forks(struct shared *s, int i, int taken)
{
    int left = i, right = (i + 1) % s->n;

    if (lock(s) == -1)
        return -1;
    while (taken && (s->taken[left] || s->taken[right]))
        pthread_cond_wait(&s->changed, &s->mutex);
    s->taken[left] = s->taken[right] = taken;
    pthread_cond_broadcast(&s->changed);
    unlock(s);
    return 0;
}

static int dine(int i, void *arg)
{
    struct shared *s = arg;

    for (int meal = 1; meal <= s->k; meal++) {
        kit_want("eat", i);
        if (set_forks(s, i, 1) == -1)
            return -1;
        table_eat(&s->table, s->n, i);
        if (dprintf(STDOUT_FILENO, "philosopher %d meal %d\n", i, meal) < 0)
            return fail("write", errno);
        if (set_forks(s, i, 0) == -1)
            return -1;
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? (int)crew_number(argv[1], 2, TABLE_MAX) : -1;
    int k = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    struct shared *s;

    if (n == -1 || k == -1) {
        fprintf(stderr, "usage: dine N K\n");
        return 2;
    }
    s = make_shared();
    if (s == NULL)
        return 1;
    s->n = n;
    s->k = k;
    if (crew_run("dine", n, dine, s) == -1)
        return 1;
    for (int i = 0; i < n; i++)
        if (dprintf(STDOUT_FILENO, "fork %d used %" PRId64 "\n", i, s->table.uses[i]) < 0)
            return fail("write", errno) == -1;
    return 0;
}
