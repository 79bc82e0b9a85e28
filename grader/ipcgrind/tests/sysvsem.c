/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System V semaphores as locks and signals: V -> P of several units, a decrement -> wait for zero,
 * SETVAL. The twin gives the unit before it stores. */
#include "pair.h"

#include <sys/sem.h>

enum { READY, LEFT, SET };

static void change(int set, int number, int by)
{
    struct sembuf op = {.sem_num = (unsigned short)number, .sem_op = (short)by};
    must(semop(set, &op, 1) == 0, "semop");
}

static void child(int set, volatile int *p)
{
    if (!ORDERED)
        change(set, READY, 2);
    p[0] = 1; /* [first] */
    if (ORDERED)
        change(set, READY, 2);
    p[1] = 1;
    change(set, LEFT, -1);
    p[2] = 1;
    must(semctl(set, SET, SETVAL, 1) == 0, "SETVAL");
    _exit(0);
}

int main(void)
{
    volatile int *p = shared(4 * sizeof(*p));
    unsigned short start_values[] = {0, 1, 0};
    int set = semget(IPC_PRIVATE, 3, 0600);
    must(set >= 0, "semget");
    must(semctl(set, 0, SETALL, start_values) == 0, "SETALL");
    pid_t pid = start();
    if (pid == 0)
        child(set, p);
    struct sembuf both[] = {{.sem_num = READY, .sem_op = -1}, {.sem_num = LEFT, .sem_op = 0}};
    change(set, READY, -1);
    int got = p[0]; /* [second] */
    must(semop(set, both, 2) == 0, "semop");
    got += p[1];
    change(set, SET, -1);
    got += p[2];
    finish(pid);
    semctl(set, 0, IPC_RMID);
    return got == 7;
}
