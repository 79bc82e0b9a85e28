/* SPDX-License-Identifier: MIT */
/*
 * pipe_first: the parent writes, the child reads to the end.
 * The child closes the write end, the parent the read end; the
 * parent waits.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* slide child */
static void child(const int ends[2])
{
    char byte;
    int count = 0;

    check(close(ends[1]), "close"); /* else: no end, ever */
    while (check_n(read(ends[0], &byte, 1), "read") == 1)
        count++;
    printf("child: %d bytes, then the end\n", count);
    fflush(stdout);
    _exit(0);
}
/* end child */

int main(void)
{
    /* slide parent */
    int ends[2]; /* [0] to read, [1] to write */

    check(pipe(ends), "pipe");
    if (check(fork(), "fork") == 0)
        child(ends);
    check(close(ends[0]), "close"); /* not ours */
    check_n(write(ends[1], "hello", 5), "write");
    check(close(ends[1]), "close"); /* this is the end */
    check(wait(NULL), "wait");
    /* end parent */
    return 0;
}
