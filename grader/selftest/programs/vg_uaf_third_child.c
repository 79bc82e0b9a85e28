/* SPDX-License-Identifier: MIT */
/**
 * Wrong: the third of three forked children writes to memory that its parent freed.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int *p = malloc(40);

    free(p);
    for (int i = 1; i <= 3; i++) {
        pid_t pid = fork();
        if (pid == -1)
            return 1;
        if (pid == 0) {
            if (i == 3)
                p[1] = i;
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
