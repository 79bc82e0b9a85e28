/* SPDX-License-Identifier: MIT */
/*
 * pipe_stdio: text that waits in stdio is copied by fork, too.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

int main(void)
{
    /* slide twice */
    check(setvbuf(stdout, NULL, _IOFBF, 4096), "setvbuf");
    printf("one line\n"); /* into the buffer, no further */
    if (check(fork(), "fork") == 0)
        exit(0); /* flushes the copy */
    check(wait(NULL), "wait");
    return 0; /* flushes the original */
    /* end twice */
}
