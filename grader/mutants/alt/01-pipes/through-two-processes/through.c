/* SPDX-License-Identifier: MIT */
/*
 * through in another style: a second process feeds CMD, the first one drains it. Each of the two
 * may block as long as it likes. When CMD has ended, the feeder, which may be asleep in read(), is
 * ended too.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

static void complain(const char *what)
{
    fprintf(stderr, "through: %s: %s\n", what, strerror(errno));
}

/* Return: 0 at the end of @from, or when nobody reads @to any more and @quiet is set. */
static int copy(int from, int to, int quiet)
{
    char buf[8192];
    ssize_t got;

    while ((got = read(from, buf, sizeof buf)) > 0)
        if (write_full(to, buf, (size_t)got) == -1) {
            if (quiet && errno == EPIPE)
                return 0;
            complain("write");
            return 1;
        }
    if (got == -1)
        complain("read");
    return got == -1;
}

static void close_both(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static pid_t start_command(char **argv, int in[2], int out[2])
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    signal(SIGPIPE, SIG_DFL);
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    close_both(in);
    close_both(out);
    execvp(argv[0], argv);
    if (errno != ENOENT) {
        complain(argv[0]);
        _exit(126);
    }
    complain(argv[0]);
    _exit(127);
}

static pid_t start_feeder(int in[2], int out[2])
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    close(in[0]);
    close_both(out);
    _exit(copy(STDIN_FILENO, in[1], 1));
}

/* Return: the exit status of @feeder, 0 if it had to be ended. */
static int end_feeder(pid_t feeder)
{
    int status;

    kill(feeder, SIGKILL);
    if (waitpid(feeder, &status, 0) == -1)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

int main(int argc, char *argv[])
{
    int in[2], out[2], status, failed;
    pid_t command, feeder;

    if (argc < 2) {
        fputs("usage: through CMD [ARG..]\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (pipe(in) == -1 || pipe(out) == -1) {
        complain("pipe");
        return 1;
    }
    command = start_command(argv + 1, in, out);
    feeder = command == -1 ? -1 : start_feeder(in, out);
    if (feeder == -1)
        complain("fork");
    close_both(in);
    close(out[1]);
    failed = feeder == -1 || copy(out[0], STDOUT_FILENO, 0);
    close(out[0]);
    if (command != -1 && waitpid(command, &status, 0) == -1)
        failed = 1;
    if (feeder != -1)
        failed |= end_feeder(feeder);
    if (failed)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
