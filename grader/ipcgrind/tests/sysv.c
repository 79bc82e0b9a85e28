/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A System V segment, attached by each process for itself. */
#include "pair.h"

int main(void)
{
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    must(id >= 0, "shmget");
    pid_t pid = start();
    int *p = shmat(id, NULL, 0);
    must(p != (void *)-1, "shmat");
    if (pid == 0) {
        p[10] = 1; /* [first] */
        _exit(0);
    }
    if (ORDERED)
        finish(pid);
    p[10]++; /* [second] */
    if (!ORDERED)
        finish(pid);
    shmctl(id, IPC_RMID, NULL);
}
