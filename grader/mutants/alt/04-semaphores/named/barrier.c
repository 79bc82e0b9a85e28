/* SPDX-License-Identifier: MIT */
/* barrier N ROUNDS with two turnstiles, as in Downey's book: all go through the first one, and it
 * is closed again before the second one opens. Named semaphores. */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"

struct shared {
    int n, rounds;
    int count; /* guarded by mutex */
};

static sem_t *mutex, *first, *second;

static int fail(const char *call)
{
    fprintf(stderr, "barrier: %s: %s\n", call, strerror(errno));
    return -1;
}

static sem_t *open_sem(const char *what, unsigned value)
{
    char name[64];
    sem_t *s;

    snprintf(name, sizeof name, "/barrier.%d.%s", (int)getpid(), what);
    s = sem_open(name, O_CREAT | O_EXCL, 0600, value);
    if (s == SEM_FAILED || sem_unlink(name) == -1) {
        fail("sem_open");
        return NULL;
    }
    return s;
}

static int take(sem_t *s)
{
    while (sem_wait(s) == -1)
        if (errno != EINTR)
            return fail("sem_wait");
    return 0;
}

/* Count by @step; who brings the count to @full closes @to_close and opens @to_open. */
static int phase(struct shared *s, int step, int full, sem_t *to_close, sem_t *to_open)
{
    if (take(mutex) == -1)
        return -1;
    s->count += step;
    if (s->count == full) {
        if (take(to_close) == -1)
            return -1;
        sem_post(to_open);
    }
    sem_post(mutex);
    if (take(to_open) == -1)
        return -1;
    return sem_post(to_open) == -1 ? fail("sem_post") : 0;
}

static int run_rounds(int i, void *arg)
{
    struct shared *s = arg;

    for (int round = 1; round <= s->rounds; round++) {
        kit_want("round", i);
        if (dprintf(STDOUT_FILENO, "round %d in %d\n", round, i) < 0)
            return fail("write");
        if (phase(s, 1, s->n, second, first) == -1 || phase(s, -1, 0, first, second) == -1)
            return -1;
        kit_enter("round", i);
        if (dprintf(STDOUT_FILENO, "round %d out %d\n", round, i) < 0)
            return fail("write");
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
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        return fail("mmap") == -1;
    s->n = n;
    s->rounds = rounds;
    mutex = open_sem("mutex", 1);
    first = open_sem("first", 0);
    second = open_sem("second", 1);
    if (!mutex || !first || !second)
        return 1;
    return crew_run("barrier", n, run_rounds, s) == -1;
}
