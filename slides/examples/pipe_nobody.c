/* SPDX-License-Identifier: MIT */
/*
 * pipe_nobody: writing where nobody reads any more, twice.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* slide write */
static void write_to_nobody(void)
{
    int ends[2];

    check(pipe(ends), "pipe");
    check(close(ends[0]), "close");
    if (write(ends[1], "x", 1) == -1)
        printf("still here: %s\n", strerror(errno));
    fflush(stdout);
}
/* end write */

int main(void)
{
    int status;

    signal(SIGPIPE,
           SIG_DFL); /* whatever we were started with */
    /* slide both */
    if (check(fork(), "fork") == 0) {
        write_to_nobody();
        _exit(0);
    }
    check(wait(&status), "wait");
    printf("the child: signal %d\n", WTERMSIG(status));
    fflush(stdout);
    signal(SIGPIPE, SIG_IGN);
    write_to_nobody();
    /* end both */
    return 0;
}
