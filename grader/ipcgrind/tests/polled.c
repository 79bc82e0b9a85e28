/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plain flag that one process sets and the other reads until it is set. */
#include "pair.h"

int main(void)
{
    volatile int *flag = shared(sizeof(*flag));
    int fd[2];
    must(pipe(fd) == 0, "pipe");
    pid_t pid = start();
    if (pid == 0) {
        char byte = 0;
        must(read(fd[0], &byte, 1) == 1, "read");
        *flag = 1; /* [first] */
        _exit(0);
    }
    must(write(fd[1], "x", 1) == 1, "write");
    if (ORDERED)
        finish(pid);
    while (!*flag) /* [second] */
        sched_yield();
    if (!ORDERED)
        finish(pid);
    return 0;
}
