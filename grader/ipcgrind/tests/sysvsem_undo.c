/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A holder that was killed, and one that exits: the kernel gives back what they took with
 * SEM_UNDO. The twin does not take the semaphore. */
#include "pair.h"

#include <sys/sem.h>

static void take(int set)
{
    struct sembuf op = {.sem_op = -1, .sem_flg = SEM_UNDO};
    must(semop(set, &op, 1) == 0, "semop");
}

int main(void)
{
    volatile int *p = shared(2 * sizeof(*p));
    int told[2];
    char c;
    must(pipe(told) == 0, "pipe");
    int set = semget(IPC_PRIVATE, 1, 0600);
    must(set >= 0 && semctl(set, 0, SETVAL, 1) == 0, "semget");
    pid_t pid[2];
    for (int i = 0; i < 2; i++) {
        pid[i] = start();
        if (pid[i] == 0) {
            take(set);
            must(write(told[1], "", 1) == 1, "write");
            p[0]++; /* [first] */
            if (i == 0)
                raise(SIGKILL);
            _exit(0);
        }
        must(read(told[0], &c, 1) == 1, "read");
    }
    if (ORDERED)
        take(set);
    p[0]++; /* [second] */
    finish(pid[0]);
    finish(pid[1]);
    semctl(set, 0, IPC_RMID);
}
