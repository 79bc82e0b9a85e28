/* SPDX-License-Identifier: MIT */
/* svlock KEY -- CMD by posix_spawn, with the value 1 given by semop() alone: to a set that it just
 * made, whose semop() sets sem_otime. Who finds a set waits for that. */
#include <errno.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int fail(const char *call, int error)
{
    fprintf(stderr, "svlock: %s: %s\n", call, strerror(error));
    return -1;
}

static int change(int set, short n, short flags)
{
    struct sembuf op = {0, n, flags};
    int rc;

    do
        rc = semtimedop(set, &op, 1, NULL);
    while (rc == -1 && errno == EINTR);
    return rc == -1 ? fail("semtimedop", errno) : 0;
}

static int open_set(key_t key)
{
    union {
        int val;
        struct semid_ds *buf;
    } arg;
    struct semid_ds ds;
    int set = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);

    if (set != -1)
        return change(set, 1, 0) == -1 ? -1 : set;
    if (errno != EEXIST || (set = semget(key, 0, 0)) == -1)
        return fail("semget", errno);
    arg.buf = &ds;
    for (int i = 0; i < 2000; i++) {
        if (semctl(set, 0, IPC_STAT, arg) == -1)
            return fail("semctl", errno);
        if (ds.sem_otime)
            return set;
        poll(NULL, 0, 2);
    }
    return fail("semctl", ETIMEDOUT);
}

static int run(char **cmd)
{
    int status, error;
    pid_t pid;

    error = posix_spawnp(&pid, cmd[0], NULL, NULL, cmd, environ);
    if (error) {
        fail(cmd[0], error);
        return 127;
    }
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR)
            return fail("waitpid", errno) == -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static long parse_key(const char *text)
{
    int hex = strncmp(text, "0x", 2) == 0;
    char *end;
    unsigned long key;

    text += hex ? 2 : 0;
    if (!*text || text[strspn(text, hex ? "0123456789abcdefABCDEF" : "0123456789")])
        return -1;
    key = strtoul(text, &end, hex ? 16 : 10);
    return key >= 1 && key <= 0x7fffffff ? (long)key : -1;
}

int main(int argc, char *argv[])
{
    long key = argc >= 4 ? parse_key(argv[1]) : -1;
    int set, code;

    if (key == -1 || strcmp(argv[2], "--") != 0) {
        fprintf(stderr, "usage: svlock KEY -- CMD [ARG..]\n");
        return 2;
    }
    set = open_set((key_t)key);
    if (set == -1 || change(set, -1, SEM_UNDO) == -1)
        return 1;
    code = run(argv + 3);
    return change(set, 1, SEM_UNDO) == -1 ? 1 : code;
}
