/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of semaphores is removed with units in it, and the new one gets its key and, where we may
 * ask for it, its number: the old units are none of the new set's. */
#include "pair.h"

#include <sys/sem.h>

#include "reuse.h"

static void change(int set, short by)
{
    struct sembuf op = {.sem_num = 0, .sem_op = by};
    must(semop(set, &op, 1) == 0, "semop");
}

static int make(key_t key)
{
    int set = semget(key, 1, 0600 | IPC_CREAT | IPC_EXCL);
    must(set >= 0, "semget");
    return set;
}

int main(void)
{
    int *p = shared(sizeof(*p));
    key_t key = ftok("/", getpid());
    int set = make(key);
    change(set, 2);
    must(semctl(set, 0, IPC_RMID) == 0, "semctl");
    ask_for("sem", set);
    set = make(key);
    pid_t pid = start();
    if (pid == 0) {
        if (ORDERED)
            *p = 1;
        change(set, 1);
        if (!ORDERED)
            *p = 1; /* [first] */
        _exit(0);
    }
    change(set, -1);
    int got = *p; /* [second] */
    must(semctl(set, 0, IPC_RMID) == 0, "semctl");
    finish(pid);
    return got == 77;
}
