/* SPDX-License-Identifier: MIT */
/*
 * pipe_status: what waitpid stores is no exit code.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* slide tell */
static void tell(int status)
{
    if (WIFEXITED(status))
        printf("status %#6x: exit %d\n", (unsigned)status,
               WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        printf("status %#6x: signal %d\n", (unsigned)status,
               WTERMSIG(status));
}
/* end tell */

int main(void)
{
    int status;

    if (check(fork(), "fork") == 0)
        _exit(3);
    check(wait(&status), "wait");
    tell(status);
    if (check(fork(), "fork") == 0) {
        raise(SIGTERM);
        _exit(0);
    }
    check(wait(&status), "wait");
    tell(status);
    return 0;
}
