/* SPDX-License-Identifier: MIT */
/* barrier N ROUNDS as a monitor: the number of the generation tells a new round from an old one. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"

struct shared {
    int n, rounds;
    pthread_mutex_t mutex; /* guards: */
    pthread_cond_t changed;
    int arrived, generation;
};

static int fail(const char *call, int error)
{
    fprintf(stderr, "barrier: %s: %s\n", call, strerror(error));
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

static int pass(struct shared *s)
{
    int mine;

    if (lock(s) == -1)
        return -1;
    mine = s->generation;
    if (++s->arrived == s->n) {
        s->arrived = 0;
        s->generation++;
        pthread_cond_broadcast(&s->changed);
    }
    while (s->generation == mine)
        pthread_cond_wait(&s->changed, &s->mutex);
    unlock(s);
    return 0;
}

static int run_rounds(int i, void *arg)
{
    struct shared *s = arg;

    for (int round = 1; round <= s->rounds; round++) {
        kit_want("round", i);
        if (dprintf(STDOUT_FILENO, "round %d in %d\n", round, i) < 0)
            return fail("write", errno);
        if (pass(s) == -1)
            return -1;
        kit_enter("round", i);
        if (dprintf(STDOUT_FILENO, "round %d out %d\n", round, i) < 0)
            return fail("write", errno);
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? (int)crew_number(argv[1], 2, 50) : -1;
    int rounds = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    struct shared *s;

    if (n == -1 || rounds == -1) {
        fprintf(stderr, "usage: barrier N ROUNDS\n");
        return 2;
    }
    s = make_shared();
    if (s == NULL)
        return 1;
    s->n = n;
    s->rounds = rounds;
    return crew_run("barrier", n, run_rounds, s) == -1;
}
