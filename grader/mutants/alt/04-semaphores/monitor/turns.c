/* SPDX-License-Identifier: MIT */
/* turns N K as a monitor: one number says whose turn it is. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"

struct shared {
    int n, k;
    pthread_mutex_t mutex; /* guards: */
    pthread_cond_t changed;
    int turn;
};

static int fail(const char *call, int error)
{
    fprintf(stderr, "turns: %s: %s\n", call, strerror(error));
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

static int play(int i, void *arg)
{
    struct shared *s = arg;

    for (int round = 0; round < s->k; round++) {
        kit_want("turn", i);
        if (lock(s) == -1)
            return -1;
        while (s->turn != i)
            pthread_cond_wait(&s->changed, &s->mutex);
        unlock(s);
        kit_enter("turn", i);
        if (dprintf(STDOUT_FILENO, "%c\n", 'A' + i) < 0)
            return fail("write", errno);
        kit_leave("turn", i);
        if (lock(s) == -1)
            return -1;
        s->turn = (i + 1) % s->n;
        pthread_cond_broadcast(&s->changed);
        unlock(s);
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? (int)crew_number(argv[1], 2, 26) : -1;
    int k = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    struct shared *s;

    if (n == -1 || k == -1) {
        fprintf(stderr, "usage: turns N K\n");
        return 2;
    }
    s = make_shared();
    if (s == NULL)
        return 1;
    s->n = n;
    s->k = k;
    return crew_run("turns", n, play, s) == -1;
}
