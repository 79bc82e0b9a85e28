/* SPDX-License-Identifier: MIT */
/* meet as a monitor: a mutex and a condition variable in shared memory. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"

struct shared {
    pthread_mutex_t mutex; /* guards: */
    pthread_cond_t changed;
    int arrived;
};

static int fail(const char *call, int error)
{
    fprintf(stderr, "meet: %s: %s\n", call, strerror(error));
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

static int visit(int i, void *arg)
{
    struct shared *s = arg;

    kit_want("meet", i + 1);
    if (dprintf(STDOUT_FILENO, "arrive %d\n", i + 1) < 0)
        return fail("write", errno);
    if (lock(s) == -1)
        return -1;
    s->arrived++;
    pthread_cond_broadcast(&s->changed);
    while (s->arrived < 2)
        pthread_cond_wait(&s->changed, &s->mutex);
    unlock(s);
    kit_enter("meet", i + 1);
    return dprintf(STDOUT_FILENO, "leave %d\n", i + 1) < 0 ? fail("write", errno) : 0;
}

int main(int argc, char *argv[])
{
    struct shared *s;

    (void)argv;
    if (argc != 1) {
        fprintf(stderr, "usage: meet\n");
        return 2;
    }
    s = make_shared();
    return s == NULL || crew_run("meet", 2, visit, s) == -1;
}
