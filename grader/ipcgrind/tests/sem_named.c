/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two processes count under a named semaphore; with the value 2 it keeps nobody out. */
#include "pair.h"

static void count(const char *name, int *p)
{
    sem_t *sem = sem_open(name, O_CREAT, 0600, ORDERED ? 1 : 2);
    must(sem != SEM_FAILED, "sem_open");
    for (int i = 0; i < 20; i++) {
        must(sem_wait(sem) == 0, "sem_wait");
        (*p)++; /* [first] [second] */
        must(sem_post(sem) == 0, "sem_post");
    }
    sem_close(sem);
}

int main(void)
{
    int *p = shared(sizeof(*p));
    char name[64];
    snprintf(name, sizeof(name), "/ig_sem_%ld", (long)getpid());
    pid_t pid = start();
    count(name, p);
    if (pid == 0)
        _exit(0);
    finish(pid);
    sem_unlink(name);
    return *p == 7;
}
