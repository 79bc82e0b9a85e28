/* SPDX-License-Identifier: MIT */
/*
 * rw R W K: R readers and W writers share a page, K times each.
 *
 * `room` is held by the one writer inside, or by the readers inside together:
 * the first of them takes it, the last one gives it back. Readers alone could
 * hold it for ever between them; so everybody comes in through a turnstile, and
 * a writer stands in it while it waits: nobody overtakes it.
 */
#include <errno.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "crew.h"
#include "page.h"

enum { MAX_R = 20, MAX_W = 20, MAX_K = 1000 };

/* Shared by all processes. */
struct library {
    int readers, times; /* constant */
    sem_t turnstile;    /* held for a moment by a reader, by a writer for all
                           of its wait */
    sem_t mutex;        /* guards: */
    int reading;
    sem_t room; /* guards, for one writer or for all readers inside: */
    struct page page;
};

static int fail(const char *call)
{
    fprintf(stderr, "rw: %s: %s\n", call, strerror(errno));
    return -1;
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

static int begin_read(struct library *l)
{
    int rc = 0;

    if (take(&l->turnstile) == -1 || give(&l->turnstile) == -1 ||
        take(&l->mutex) == -1)
        return -1;
    if (++l->reading == 1)
        rc = take(&l->room); /* the others of us wait at the mutex */
    return give(&l->mutex) == -1 ? -1 : rc;
}

static int end_read(struct library *l)
{
    int rc = 0;

    if (take(&l->mutex) == -1)
        return -1;
    if (--l->reading == 0)
        rc = give(&l->room);
    return give(&l->mutex) == -1 ? -1 : rc;
}

static int read_once(struct library *l, int i)
{
    kit_want("read", i);
    if (begin_read(l) == -1)
        return -1;
    if (dprintf(STDOUT_FILENO, "reader %d sees %" PRId64 "\n", i,
                page_read(&l->page, i)) < 0)
        return fail("write");
    return end_read(l);
}

static int write_once(struct library *l, int i)
{
    kit_want("write", i);
    if (take(&l->turnstile) == -1 || take(&l->room) == -1)
        return -1;
    if (dprintf(STDOUT_FILENO, "writer %d makes %" PRId64 "\n", i,
                page_write(&l->page, i)) < 0)
        return fail("write");
    return give(&l->turnstile) == -1 ? -1 : give(&l->room);
}

static int work(int i, void *arg)
{
    struct library *l = arg;
    int rc = 0;

    for (int k = 0; rc == 0 && k < l->times; k++)
        rc = i < l->readers ? read_once(l, i) : write_once(l, i - l->readers);
    return rc;
}

static struct library *make_library(int readers, int times)
{
    struct library *l = mmap(NULL, sizeof *l, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (l == MAP_FAILED) {
        fail("mmap");
        return NULL;
    }
    l->readers = readers;
    l->times = times;
    if (sem_init(&l->turnstile, 1, 1) == -1 ||
        sem_init(&l->mutex, 1, 1) == -1 || sem_init(&l->room, 1, 1) == -1) {
        fail("sem_init");
        return NULL; /* the mapping goes with the process */
    }
    return l;
}

int main(int argc, char *argv[])
{
    int r = argc == 4 ? (int)crew_number(argv[1], 1, MAX_R) : -1;
    int w = argc == 4 ? (int)crew_number(argv[2], 1, MAX_W) : -1;
    int k = argc == 4 ? (int)crew_number(argv[3], 1, MAX_K) : -1;
    struct library *l;

    if (r == -1 || w == -1 || k == -1) {
        fprintf(stderr,
                "usage: rw R W K, with R and W from 1 to %d, K from 1 "
                "to %d\n",
                MAX_R, MAX_K);
        return 2;
    }
    l = make_library(r, k);
    /* The semaphores are gone with the mapping, and it with this process. */
    return l == NULL || crew_run("rw", r + w, work, l) == -1;
}
