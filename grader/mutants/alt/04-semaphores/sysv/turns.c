/* SPDX-License-Identifier: MIT */
/* turns N K with one System V set, a semaphore for each process. The set has no name, and is
 * removed when all are done. */
#include <errno.h>
#include <stdio.h>
#include <sys/sem.h>

#include "crew.h"
#include "kit.h"

static int set, n, k;

static int fail(const char *call)
{
    fprintf(stderr, "turns: %s: %s\n", call, strerror(errno));
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

static int play(int i, void *arg)
{
    (void)arg;
    for (int round = 0; round < k; round++) {
        kit_want("turn", i);
        if (change(i, -1) == -1)
            return -1;
        kit_enter("turn", i);
        if (dprintf(STDOUT_FILENO, "%c\n", 'A' + i) < 0)
            return fail("write");
        kit_leave("turn", i);
        if (change((i + 1) % n, 1) == -1)
            return -1;
    }
    return 0;
}

int main(int argc, char *argv[])
{
    union {
        unsigned short *array;
    } arg;
    unsigned short first[26] = {1};
    int rc;

    n = argc == 3 ? (int)crew_number(argv[1], 2, 26) : -1;
    k = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    if (n == -1 || k == -1) {
        fprintf(stderr, "usage: turns N K\n");
        return 2;
    }
    set = semget(IPC_PRIVATE, n, 0600);
    if (set == -1)
        return fail("semget") == -1;
    arg.array = first;
    rc = semctl(set, 0, SETALL, arg) == -1 ? fail("semctl") : crew_run("turns", n, play, NULL);
    if (semctl(set, 0, IPC_RMID) == -1)
        return fail("semctl") == -1;
    return rc == -1;
}
