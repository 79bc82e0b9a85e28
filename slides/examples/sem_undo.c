/* SPDX-License-Identifier: MIT */
/*
 * sem_undo: a System V semaphore gets back what a dead process
 * had taken.
 */
#include <signal.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* slide take */
static void take_and_die(int set, short flags)
{
    struct sembuf take = {0, -1, flags};

    check(semop(set, &take, 1), "semop");
    raise(SIGKILL); /* no way to give it back */
}
/* end take */

static void try(int set, short flags, const char *how)
{
    check(semctl(set, 0, SETVAL, 1), "semctl");
    if (check(fork(), "fork") == 0)
        take_and_die(set, flags);
    check(wait(NULL), "wait");
    printf("%-13s value %d\n", how,
           check(semctl(set, 0, GETVAL), "semctl"));
    fflush(stdout);
}

int main(void)
{
    /* slide main */
    int set = check(semget(IPC_PRIVATE, 1, 0600), "semget");

    try(set, 0, "no flag:");
    try(set, SEM_UNDO, "SEM_UNDO:");
    check(semctl(set, 0, IPC_RMID), "semctl");
    /* end main */
    return 0;
}
