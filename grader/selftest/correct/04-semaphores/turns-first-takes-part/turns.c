/* SPDX-License-Identifier: MIT */
/* turns N K: the first process is A, and makes the others. */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crew.h"
#include "kit.h"

static sem_t *turn[26];
static pid_t child[26];
static int n, k;

static int fail(const char *call)
{
    fprintf(stderr, "turns: %s: %s\n", call, strerror(errno));
    return 1;
}

static int open_turn(int i)
{
    char name[32];

    snprintf(name, sizeof name, "/turns-%c", 'A' + i);
    sem_unlink(name);
    turn[i] = sem_open(name, O_CREAT | O_EXCL, 0600, i == 0);
    if (turn[i] == SEM_FAILED || sem_unlink(name) == -1)
        return fail("sem_open");
    return 0;
}

static int play(int i)
{
    for (int round = 0; round < k; round++) {
        kit_want("turn", i);
        while (sem_wait(turn[i]) == -1)
            if (errno != EINTR)
                return fail("sem_wait");
        kit_enter("turn", i);
        if (printf("%c\n", 'A' + i) < 0 || fflush(stdout) == EOF)
            return fail("write");
        kit_leave("turn", i);
        if (sem_post(turn[(i + 1) % n]) == -1)
            return fail("sem_post");
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int rc = 0, status;

    n = argc == 3 ? (int)crew_number(argv[1], 2, 26) : -1;
    k = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    if (n == -1 || k == -1) {
        fputs("usage: turns N K\n", stderr);
        return 2;
    }
    for (int i = 0; i < n; i++)
        if (open_turn(i))
            return 1;
    for (int i = 1; i < n && rc == 0; i++) {
        child[i] = fork();
        if (child[i] == 0)
            exit(play(i));
        if (child[i] == -1)
            rc = fail("fork");
    }
    if (rc == 0)
        rc = play(0);
    for (int i = 1; i < n; i++) {
        if (child[i] <= 0)
            continue;
        if (rc)
            kill(child[i], SIGKILL);
        if (waitpid(child[i], &status, 0) == -1 || status)
            rc = 1;
    }
    return rc;
}
