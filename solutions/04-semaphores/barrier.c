/* SPDX-License-Identifier: MIT */
/*
 * barrier N ROUNDS: N processes go through a barrier, round after round.
 *
 * Who comes last opens the gate of this round: one post for each of the others.
 * A fast process is soon at the barrier again, while a slow one has not yet
 * taken its token; with one gate for all rounds it would take that token, and
 * lap the slow one. So odd and even rounds have a gate each. Two are enough: to
 * come to this gate again, everybody must first have left the other one.
 */
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "crew.h"
#include "kit.h"

enum { MIN_N = 2, MAX_N = 50, MAX_ROUNDS = 1000 };

/* Shared by all processes. */
struct barrier {
    int n, rounds; /* constant */
    sem_t mutex;   /* guards: */
    int arrived;
    sem_t gate[2]; /* tokens of those who may leave the round */
};

static int fail(const char *call)
{
    fprintf(stderr, "barrier: %s: %s\n", call, strerror(errno));
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

/* Return when all n have called this for @round. 0, or -1 after a complaint. */
static int pass(struct barrier *b, int round)
{
    sem_t *gate = &b->gate[round % 2];
    int last;

    if (take(&b->mutex) == -1)
        return -1;
    last = ++b->arrived == b->n;
    if (last)
        b->arrived = 0; /* of the next round: nobody can be there yet */
    if (give(&b->mutex) == -1)
        return -1;
    if (!last)
        return take(gate);
    for (int i = 1; i < b->n; i++)
        if (give(gate) == -1)
            return -1;
    return 0;
}

static int run_rounds(int i, void *arg)
{
    struct barrier *b = arg;

    for (int round = 1; round <= b->rounds; round++) {
        kit_want("round", i);
        if (dprintf(STDOUT_FILENO, "round %d in %d\n", round, i) < 0)
            return fail("write");
        if (pass(b, round) == -1)
            return -1;
        kit_enter("round", i);
        if (dprintf(STDOUT_FILENO, "round %d out %d\n", round, i) < 0)
            return fail("write");
    }
    return 0;
}

/* Return: the barrier in memory that all children will share, or NULL. */
static struct barrier *make_barrier(int n, int rounds)
{
    struct barrier *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (b == MAP_FAILED) {
        fail("mmap");
        return NULL;
    }
    b->n = n;
    b->rounds = rounds;
    if (sem_init(&b->mutex, 1, 1) == -1 || sem_init(&b->gate[0], 1, 0) == -1 ||
        sem_init(&b->gate[1], 1, 0) == -1) {
        fail("sem_init");
        return NULL; /* the mapping goes with the process */
    }
    return b;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? (int)crew_number(argv[1], MIN_N, MAX_N) : -1;
    int rounds = argc == 3 ? (int)crew_number(argv[2], 1, MAX_ROUNDS) : -1;
    struct barrier *b;
    int rc;

    if (n == -1 || rounds == -1) {
        fprintf(stderr,
                "usage: barrier N ROUNDS, with N from %d to %d, ROUNDS from 1 "
                "to %d\n",
                MIN_N, MAX_N, MAX_ROUNDS);
        return 2;
    }
    b = make_barrier(n, rounds);
    if (b == NULL)
        return 1;
    rc = crew_run("barrier", n, run_rounds, b);
    sem_destroy(&b->mutex);
    sem_destroy(&b->gate[0]);
    sem_destroy(&b->gate[1]);
    munmap(b, sizeof *b);
    return rc == 0 ? 0 : 1;
}
