/* SPDX-License-Identifier: MIT */
/* barrier N ROUNDS with what only System V semaphores have: waiting for zero. Everybody takes one
 * of N and waits until none is left. Three counters in turn: the one before last is filled again by
 * whoever may, when nobody can be at it any more. */
#include <errno.h>
#include <stdio.h>
#include <sys/sem.h>

#include "crew.h"
#include "kit.h"

enum { COUNTERS = 3 };

static int set, n, rounds;

static int fail(const char *call)
{
    fprintf(stderr, "barrier: %s: %s\n", call, strerror(errno));
    return -1;
}

static int change(int i, short by)
{
    struct sembuf op = {(unsigned short)i, by, 0};

    while (semop(set, &op, 1) == -1)
        if (errno != EINTR)
            return fail("semop");
    return 0;
}

/* In round r all take from counter r % 3. The last counter that all have left is (r + 2) % 3: of
 * the round before. Each gives one back to it: it is whole again before anybody needs it. */
static int pass(int round)
{
    if (change(round % COUNTERS, -1) == -1 || change(round % COUNTERS, 0) == -1)
        return -1;
    return round > 1 ? change((round + 2) % COUNTERS, 1) : 0;
}

static int run_rounds(int i, void *arg)
{
    (void)arg;
    for (int round = 1; round <= rounds; round++) {
        kit_want("round", i);
        if (dprintf(STDOUT_FILENO, "round %d in %d\n", round, i) < 0)
            return fail("write");
        if (pass(round) == -1)
            return -1;
        kit_enter("round", i);
        if (dprintf(STDOUT_FILENO, "round %d out %d\n", round, i) < 0)
            return fail("write");
    }
    return 0;
}

int main(int argc, char *argv[])
{
    union {
        unsigned short *array;
    } arg;
    unsigned short values[COUNTERS];
    int rc;

    n = argc == 3 ? (int)crew_number(argv[1], 2, 50) : -1;
    rounds = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    if (n == -1 || rounds == -1) {
        fprintf(stderr, "usage: barrier N ROUNDS\n");
        return 2;
    }
    for (int i = 0; i < COUNTERS; i++)
        values[i] = (unsigned short)n;
    set = semget(IPC_PRIVATE, COUNTERS, 0600);
    if (set == -1)
        return fail("semget") == -1;
    arg.array = values;
    rc = semctl(set, 0, SETALL, arg) == -1 ? fail("semctl")
                                           : crew_run("barrier", n, run_rounds, NULL);
    if (semctl(set, 0, IPC_RMID) == -1)
        return fail("semctl") == -1;
    return rc == -1;
}
