/* SPDX-License-Identifier: MIT */
/* turns N K with named semaphores, one a process. The names are gone as soon as all are open: the
 * children inherit the mappings, and a killed run leaves nothing. */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>

#include "crew.h"
#include "kit.h"

static sem_t *turn[26];
static int n, k;

static int fail(const char *call)
{
    fprintf(stderr, "turns: %s: %s\n", call, strerror(errno));
    return -1;
}

static int open_turn(int i)
{
    char name[64];

    snprintf(name, sizeof name, "/turns.%d.%d", (int)getpid(), i);
    sem_unlink(name); /* of another run that had our number; mostly there is none */
    turn[i] = sem_open(name, O_CREAT | O_EXCL, 0600, i == 0 ? 1 : 0);
    if (turn[i] == SEM_FAILED)
        return fail("sem_open");
    return sem_unlink(name) == -1 ? fail("sem_unlink") : 0;
}

static int play(int i, void *arg)
{
    (void)arg;
    for (int round = 0; round < k; round++) {
        kit_want("turn", i);
        while (sem_wait(turn[i]) == -1)
            if (errno != EINTR)
                return fail("sem_wait");
        kit_enter("turn", i);
        if (dprintf(STDOUT_FILENO, "%c\n", 'A' + i) < 0)
            return fail("write");
        kit_leave("turn", i);
        if (sem_post(turn[(i + 1) % n]) == -1)
            return fail("sem_post");
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int rc;

    n = argc == 3 ? (int)crew_number(argv[1], 2, 26) : -1;
    k = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    if (n == -1 || k == -1) {
        fprintf(stderr, "usage: turns N K\n");
        return 2;
    }
    for (int i = 0; i < n; i++)
        if (open_turn(i) == -1)
            return 1;
    rc = crew_run("turns", n, play, NULL);
    for (int i = 0; i < n; i++)
        sem_close(turn[i]);
    return rc == -1;
}
