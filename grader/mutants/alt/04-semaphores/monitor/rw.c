/* SPDX-License-Identifier: MIT */
/* rw R W K as a monitor: readers stay out while a writer is inside or waits. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "crew.h"
#include "page.h"

struct shared {
    int readers, times;
    pthread_mutex_t mutex; /* guards: */
    pthread_cond_t changed;
    int reading, writing, waiting; /* waiting: writers */
    struct page page;              /* one writing, or any number reading */
};

static int fail(const char *call, int error)
{
    fprintf(stderr, "rw: %s: %s\n", call, strerror(error));
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

static int read_once(struct shared *s, int i)
{
    kit_want("read", i);
    if (lock(s) == -1)
        return -1;
    while (s->writing || s->waiting)
        pthread_cond_wait(&s->changed, &s->mutex);
    s->reading++;
    unlock(s);
    if (dprintf(STDOUT_FILENO, "reader %d sees %" PRId64 "\n", i, page_read(&s->page, i)) < 0)
        return fail("write", errno);
    if (lock(s) == -1)
        return -1;
    s->reading--;
    pthread_cond_broadcast(&s->changed);
    unlock(s);
    return 0;
}

static int write_once(struct shared *s, int i)
{
    kit_want("write", i);
    if (lock(s) == -1)
        return -1;
    s->waiting++;
    while (s->writing || s->reading)
        pthread_cond_wait(&s->changed, &s->mutex);
    s->waiting--;
    s->writing = 1;
    unlock(s);
    if (dprintf(STDOUT_FILENO, "writer %d makes %" PRId64 "\n", i, page_write(&s->page, i)) < 0)
        return fail("write", errno);
    if (lock(s) == -1)
        return -1;
    s->writing = 0;
    pthread_cond_broadcast(&s->changed);
    unlock(s);
    return 0;
}

static int work(int i, void *arg)
{
    struct shared *s = arg;
    int rc = 0;

    for (int k = 0; rc == 0 && k < s->times; k++)
        rc = i < s->readers ? read_once(s, i) : write_once(s, i - s->readers);
    return rc;
}

int main(int argc, char *argv[])
{
    int r = argc == 4 ? (int)crew_number(argv[1], 1, 20) : -1;
    int w = argc == 4 ? (int)crew_number(argv[2], 1, 20) : -1;
    int k = argc == 4 ? (int)crew_number(argv[3], 1, 1000) : -1;
    struct shared *s;

    if (r == -1 || w == -1 || k == -1) {
        fprintf(stderr, "usage: rw R W K\n");
        return 2;
    }
    s = make_shared();
    if (s == NULL)
        return 1;
    s->readers = r;
    s->times = k;
    return crew_run("rw", r + w, work, s) == -1;
}
