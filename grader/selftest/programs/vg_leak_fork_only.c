/* SPDX-License-Identifier: MIT */
/**
 * Correct: the parent frees its table; in the forked child nothing points at it any more.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char *table = malloc(100);
    pid_t pid = fork();

    if (pid == 0) {
        table = NULL; /* as a compiler may: the register is free for other use */
        _exit(table != NULL);
    }
    free(table);
    return pid == -1 || wait(NULL) == -1;
}
