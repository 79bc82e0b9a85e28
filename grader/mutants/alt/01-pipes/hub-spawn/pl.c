/* SPDX-License-Identifier: MIT */
/*
 * pl in another style: posix_spawnp() instead of fork and exec, pipes that close themselves in
 * every program (O_CLOEXEC), and children waited for in the order in which they end. A command
 * that cannot be run never becomes a process: pl itself says so and reports 127 or 126.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct stage {
    char **argv;
    pid_t pid; /* 0: never started */
    bool by_signal;
    int value;
};

static void complain(const char *what, int err)
{
    fprintf(stderr, "pl: %s: %s\n", what, strerror(err));
}

static size_t split(char **argv, struct stage *stages)
{
    size_t n = 0;
    bool fresh = true;

    for (; *argv != NULL; argv++) {
        bool colon = strcmp(*argv, ":") == 0;

        if (colon && fresh)
            return 0;
        if (fresh)
            stages[n++].argv = argv;
        fresh = colon;
        if (colon)
            *argv = NULL;
    }
    return fresh ? 0 : n;
}

static int spawn(struct stage *s, int in, int out)
{
    posix_spawn_file_actions_t fa;
    posix_spawnattr_t attr;
    sigset_t defaults;
    int err;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&fa);
    if (in != STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&fa, in, STDIN_FILENO);
    if (out != STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO);
    err = posix_spawnp(&s->pid, s->argv[0], &fa, &attr, s->argv, environ);
    posix_spawn_file_actions_destroy(&fa);
    posix_spawnattr_destroy(&attr);
    if (err == 0)
        return 0;
    s->pid = 0;
    s->value = err == ENOENT ? 127 : 126;
    complain(s->argv[0], err);
    return err == EAGAIN || err == ENOMEM ? -1 : 0;
}

static int start_all(struct stage *stages, size_t n)
{
    int in = STDIN_FILENO, rc = 0;

    for (size_t i = 0; i < n && rc == 0; i++) {
        int ends[2] = {STDIN_FILENO, STDOUT_FILENO};

        if (i + 1 < n && pipe2(ends, O_CLOEXEC) == -1) {
            complain("pipe2", errno);
            rc = -1;
        } else {
            rc = spawn(&stages[i], in, ends[1]);
        }
        if (in != STDIN_FILENO)
            close(in);
        if (ends[1] != STDOUT_FILENO)
            close(ends[1]);
        in = ends[0];
    }
    if (in != STDIN_FILENO)
        close(in);
    return rc;
}

static void wait_in_any_order(struct stage *stages, size_t n)
{
    siginfo_t si;

    while (waitid(P_ALL, 0, &si, WEXITED) == 0)
        for (size_t i = 0; i < n; i++)
            if (stages[i].pid == si.si_pid) {
                stages[i].by_signal = si.si_code != CLD_EXITED;
                stages[i].value = si.si_status;
            }
}

int main(int argc, char *argv[])
{
    struct stage *stages = calloc((size_t)argc + 1, sizeof *stages);
    size_t n = stages == NULL ? 0 : split(argv + 1, stages);
    int rc, last;

    if (n == 0) {
        fprintf(stderr, "usage: pl CMD [ARG..] [: CMD [ARG..]]..\n");
        free(stages);
        return 2;
    }
    rc = start_all(stages, n);
    for (size_t i = 0; rc == -1 && i < n; i++)
        if (stages[i].pid > 0)
            kill(stages[i].pid, SIGKILL);
    wait_in_any_order(stages, n);
    for (size_t i = 0; rc == 0 && i < n; i++)
        fprintf(stderr, "stage %zu %s %d\n", i + 1, stages[i].by_signal ? "signal" : "exit",
                stages[i].value);
    last = stages[n - 1].value + (stages[n - 1].by_signal ? 128 : 0);
    free(stages);
    return rc == -1 ? 1 : last;
}
