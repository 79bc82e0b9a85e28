/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A System V segment is removed, and a new one gets its key and, where we may ask the kernel for
 * it, its number: another object. The twin keeps the old one. */
#include "pair.h"

#include "reuse.h"

static int *attach(int id)
{
    int *p = shmat(id, NULL, 0);
    must(p != (void *)-1, "shmat");
    return p;
}

/* What it says orders nothing. */
static bool in_use(int id)
{
    struct shmid_ds ds;
    return shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_nattch > 0;
}

int main(void)
{
    int end[2];
    char byte = 0;
    key_t key = ftok("/", getpid());
    must(pipe(end) == 0, "pipe");
    int id = shmget(key, 4096, 0600 | IPC_CREAT);
    must(id >= 0, "shmget");
    int *p = attach(id);
    pid_t pid = start();
    if (pid == 0) {
        p[10] = 1; /* [first] */
        must(shmdt(p) == 0, "shmdt");
        close(end[1]);
        must(read(end[0], &byte, 1) == 0, "read");
        _exit(0);
    }
    if (ORDERED)
        must(shmctl(id, IPC_RMID, NULL) == 0, "shmctl");
    must(shmdt(p) == 0, "shmdt");
    while (in_use(id))
        sched_yield();
    if (ORDERED) {
        ask_for("shm", id);
        id = shmget(key, 4096, 0600 | IPC_CREAT | IPC_EXCL);
        must(id >= 0, "shmget");
    }
    p = attach(id);
    p[10] = 2; /* [second] */
    must(shmctl(id, IPC_RMID, NULL) == 0 && close(end[1]) == 0, "shmctl");
    finish(pid);
}
