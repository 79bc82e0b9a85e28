/* SPDX-License-Identifier: MIT */
/**
 * Correct: walks past places where it may be held, delayed or killed, and says where it is.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/sem.h>
#include <unistd.h>

void gr_inject_point(const char *name) __attribute__((weak));

int main(void)
{
    int set = semget(IPC_PRIVATE, 1, 0600), fds[2];
    char byte = 'x';

    setvbuf(stdout, NULL, _IONBF, 0);
    if (set == -1 || pipe(fds) == -1)
        return 1;
    puts("made");
    if (semctl(set, 0, GETVAL) == -1 || semctl(set, 0, SETVAL, 1) == -1)
        return 1;
    puts("set");
    for (int i = 0; i < 3; i++) {
        if (gr_inject_point)
            gr_inject_point("loop");
        if (write(fds[1], &byte, 1) != 1)
            return 1;
        puts("written");
    }
    if (semctl(set, 0, IPC_RMID) == -1)
        return 1;
    puts("done");
    return 0;
}
