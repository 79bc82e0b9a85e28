/* SPDX-License-Identifier: MIT */
/*
 * through CMD [ARG..]: own input to CMD, output of CMD to own output.
 *
 * Write here who closes what and who waits for whom, before you write code.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h" /* yours, from part 1A; you need not use it */

/* Start CMD with a pipe for its input and one for its output. The ends that
 * through keeps come back in @to and @from. Return: process id, or -1. */
static pid_t start(char **argv, int *to, int *from)
{
    /* TODO(01.10): two pipes, fork, and who closes which of the four ends? */
    /* TODO(01.10): what if CMD cannot be run? */
    /* TODO(01.11): what does CMD inherit of our signal dispositions? */
    (void)argv;
    *to = *from = -1;
    errno = ENOSYS;
    return -1;
}

/* Move bytes both ways until CMD's output is at its end. Return: 0, or -1. */
static int pump(int to, int from)
{
    /* TODO(01.10): first one way: drain CMD. */
    /* TODO(01.11): then both: never wait on one side while the other can go. */
    /* TODO(01.11): own input is at its end, or a write to CMD brings EPIPE. */
    /* TODO(01.12): the three ends: what is still asked of poll() in which? */
    (void)to;
    (void)from;
    return -1;
}

int main(int argc, char *argv[])
{
    int to, from;
    pid_t pid;

    /* TODO(01.10): check the arguments. */
    /* TODO(01.11): a write to a CMD that reads no more must not kill us. */
    (void)argc;
    pid = start(argv + 1, &to, &from);
    if (pid == -1 || pump(to, from) == -1)
        fprintf(stderr, "through: TODO(01.10): not written yet\n");
    /* TODO(01.10): wait for CMD, and exit as it did. */
    /* TODO(01.12): wait for it also after a failure of our own. */
    return 70;
}
