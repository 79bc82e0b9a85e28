/* SPDX-License-Identifier: MIT */
/* svlock KEY -- CMD with the lock's value upside down: 0 is free, 1 is held. A new set is 0 on
 * Linux, so there is nothing to set and nothing to wait for; wait-for-0 and +1 are one semop(). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *call)
{
    fprintf(stderr, "svlock: %s: %s\n", call, strerror(errno));
    return -1;
}

static int change(int set, struct sembuf *ops, size_t n)
{
    while (semop(set, ops, n) == -1)
        if (errno != EINTR)
            return fail("semop");
    return 0;
}

static int run(char **cmd)
{
    pid_t pid = fork();
    int status;

    if (pid == -1)
        return fail("fork") == -1;
    if (pid == 0) {
        execvp(cmd[0], cmd);
        fail(cmd[0]);
        _exit(127);
    }
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR)
            return fail("waitpid") == -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static key_t parse_key(const char *text)
{
    int hex = strncmp(text, "0x", 2) == 0;
    const char *digits = hex ? text + 2 : text;
    unsigned long key;

    if (!*digits || digits[strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789")])
        return -1;
    key = strtoul(digits, NULL, hex ? 16 : 10);
    return key >= 1 && key <= 0x7fffffff ? (key_t)key : -1;
}

int main(int argc, char *argv[])
{
    struct sembuf lock[2] = {{0, 0, 0}, {0, 1, SEM_UNDO}}, unlock = {0, -1, SEM_UNDO};
    key_t key = argc >= 4 ? parse_key(argv[1]) : -1;
    int set, code;

    if (key == -1 || strcmp(argv[2], "--") != 0) {
        fprintf(stderr, "usage: svlock KEY -- CMD [ARG..]\n");
        return 2;
    }
    set = semget(key, 1, IPC_CREAT | 0600);
    if (set == -1)
        return fail("semget") == -1;
    if (change(set, lock, 2) == -1)
        return 1;
    code = run(argv + 3);
    return change(set, &unlock, 1) == -1 ? 1 : code;
}
