/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A signal handler that interrupts sem_wait() is not part of sem_wait(): its stores count. */
#include "pair.h"

static volatile int *page;

static void on_signal(int number)
{
    (void)number;
    page[0] = 1; /* [first] */
}

int main(void)
{
    page = shared(2 * sizeof(*page));
    int ready[2];
    char c;
    must(pipe(ready) == 0, "pipe");
    sem_t *sem = shared(sizeof(*sem));
    must(sem_init(sem, 1, 0) == 0, "sem_init");
    pid_t pid = start();
    if (pid == 0) {
        signal(SIGUSR1, on_signal);
        must(write(ready[1], "", 1) == 1, "write");
        while (sem_wait(sem) != 0)
            must(errno == EINTR, "sem_wait");
        _exit(0);
    }
    must(read(ready[0], &c, 1) == 1, "read");
    must(kill(pid, SIGUSR1) == 0, "kill");
    must(sem_post(sem) == 0, "sem_post");
    if (!ORDERED)
        page[0]++; /* [second] */
    finish(pid);
    return page[0] == 7;
}
