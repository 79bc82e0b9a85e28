/* SPDX-License-Identifier: MIT */
/*
 * pl in another style: all pipes are made first and kept in one table; every process closes the
 * whole table after it has taken what it needs.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_table(int (*pipes)[2], int npipes)
{
    for (int i = 0; i < npipes; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
}

static void run_stage(char **argv, int (*pipes)[2], int npipes, int i)
{
    if ((i > 0 && dup2(pipes[i - 1][0], STDIN_FILENO) == -1) ||
        (i < npipes && dup2(pipes[i][1], STDOUT_FILENO) == -1)) {
        perror("pl: dup2");
        _exit(126);
    }
    close_table(pipes, npipes);
    signal(SIGPIPE, SIG_DFL);
    execvp(argv[0], argv);
    if (errno == ENOENT) {
        fprintf(stderr, "pl: %s: %s\n", argv[0], strerror(ENOENT));
        _exit(127);
    }
    fprintf(stderr, "pl: %s: %s\n", argv[0], strerror(errno));
    _exit(126);
}

static int count_stages(char **argv)
{
    int n = 1;

    if (argv[0] == NULL)
        return 0;
    for (int i = 0; argv[i] != NULL; i++) {
        if (strcmp(argv[i], ":") != 0)
            continue;
        if (i == 0 || argv[i - 1] == NULL || argv[i + 1] == NULL || strcmp(argv[i + 1], ":") == 0)
            return 0;
        n++;
    }
    return n;
}

static int open_table(int (*pipes)[2], int npipes)
{
    for (int i = 0; i < npipes; i++)
        if (pipe(pipes[i]) == -1) {
            perror("pl: pipe");
            close_table(pipes, i);
            return -1;
        }
    return 0;
}

static int fork_all(char **argv, int (*pipes)[2], int n, pid_t *pids)
{
    for (int i = 0; i < n; i++) {
        char **next = argv;

        while (*next != NULL && strcmp(*next, ":") != 0)
            next++;
        *next = NULL;
        pids[i] = fork();
        if (pids[i] == 0)
            run_stage(argv, pipes, n - 1, i);
        if (pids[i] == -1) {
            perror("pl: fork");
            while (i-- > 0) {
                kill(pids[i], SIGKILL);
                waitpid(pids[i], NULL, 0);
            }
            return -1;
        }
        argv = next + 1;
    }
    return 0;
}

static int collect(const pid_t *pids, int *statuses, int n)
{
    int code = 0;

    for (int i = 0; i < n; i++)
        if (waitpid(pids[i], &statuses[i], 0) == -1)
            perror("pl: waitpid");
    for (int i = 0; i < n; i++)
        if (WIFEXITED(statuses[i])) {
            code = WEXITSTATUS(statuses[i]);
            fprintf(stderr, "stage %d exit %d\n", i + 1, code);
        } else {
            code = 128 + WTERMSIG(statuses[i]);
            fprintf(stderr, "stage %d signal %d\n", i + 1, code - 128);
        }
    return code;
}

int main(int argc, char *argv[])
{
    int n = count_stages(argv + 1), code = 1;
    int(*pipes)[2] = calloc((size_t)argc, sizeof *pipes);
    pid_t *pids = calloc((size_t)argc, sizeof *pids);
    int *statuses = calloc((size_t)argc, sizeof *statuses);

    if (pipes == NULL || pids == NULL || statuses == NULL) {
        perror("pl: calloc");
    } else if (n == 0) {
        fputs("usage: pl CMD [ARG..] [: CMD [ARG..]]..\n", stderr);
        code = 2;
    } else if (open_table(pipes, n - 1) == 0) {
        if (fork_all(argv + 1, pipes, n, pids) == 0) {
            close_table(pipes, n - 1);
            code = collect(pids, statuses, n);
        }
    }
    free(pipes);
    free(pids);
    free(statuses);
    return code;
}
