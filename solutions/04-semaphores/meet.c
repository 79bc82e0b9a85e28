/* SPDX-License-Identifier: MIT */
/*
 * meet: two processes arrive, and leave only when both have arrived.
 *
 * Each posts "I am here" and then waits for the other's. In the other order
 * both would wait first, for ever.
 */
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"

/* Shared by both processes. */
struct hall {
    sem_t here[2]; /* here[i]: process i has arrived */
};

static int fail(const char *call)
{
    fprintf(stderr, "meet: %s: %s\n", call, strerror(errno));
    return -1;
}

static int take(sem_t *s)
{
    while (sem_wait(s) == -1)
        if (errno != EINTR)
            return fail("sem_wait");
    return 0;
}

static int visit(int i, void *arg)
{
    struct hall *h = arg;

    kit_want("meet", i + 1);
    if (dprintf(STDOUT_FILENO, "arrive %d\n", i + 1) < 0)
        return fail("write");
    if (sem_post(&h->here[i]) == -1)
        return fail("sem_post");
    if (take(&h->here[1 - i]) == -1)
        return -1;
    kit_enter("meet", i + 1);
    if (dprintf(STDOUT_FILENO, "leave %d\n", i + 1) < 0)
        return fail("write");
    return 0;
}

int main(int argc, char *argv[])
{
    struct hall *h;
    int rc;

    (void)argv;
    if (argc != 1) {
        fprintf(stderr, "usage: meet\n");
        return 2;
    }
    h = mmap(NULL, sizeof *h, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (h == MAP_FAILED) {
        fail("mmap");
        return 1;
    }
    if (sem_init(&h->here[0], 1, 0) == -1 ||
        sem_init(&h->here[1], 1, 0) == -1) {
        fail("sem_init");
        return 1;
    }
    rc = crew_run("meet", 2, visit, h);
    sem_destroy(&h->here[0]);
    sem_destroy(&h->here[1]);
    munmap(h, sizeof *h);
    return rc == 0 ? 0 : 1;
}
