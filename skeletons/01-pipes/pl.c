/* SPDX-License-Identifier: MIT */
/*
 * pl CMD [ARG..] [: CMD [ARG..]]..: run a pipeline and tell how it ended.
 *
 * Write here who closes what and who waits for whom, before you write code.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Start one stage, with @in as its standard input and @out as its standard
 * output. Return: its process id, or -1. */
static pid_t start_stage(char **argv, int in, int out)
{
    /* TODO(01.7): fork; the child becomes the command. */
    /* TODO(01.8): give the child its two ends, and no other descriptor. */
    /* TODO(01.9): what if the command cannot be run, or SIGPIPE is ignored? */
    (void)argv;
    (void)in;
    (void)out;
    errno = ENOSYS;
    return -1;
}

int main(int argc, char *argv[])
{
    /* TODO(01.7): cut the arguments into stages at each ":". */
    /* TODO(01.8): start all stages, each with a pipe to the next one. */
    /* TODO(01.9): what if a pipe or a process cannot be made? */
    /* TODO(01.7): wait for all of them, then report, then exit as the last. */
    (void)argc;
    if (start_stage(argv + 1, STDIN_FILENO, STDOUT_FILENO) == -1)
        fprintf(stderr, "pl: TODO(01.7): not written yet\n");
    return 70;
}
