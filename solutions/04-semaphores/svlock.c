/* SPDX-License-Identifier: MIT */
/*
 * svlock KEY -- CMD [ARG..]: run CMD while holding the lock KEY.
 *
 * The lock is a System V set of one semaphore, 1 = free. A new set has no value
 * yet: between semget() of its maker and the first value, others find it. So
 * only sem_otime counts, which the first semop() sets: the maker sets 0, then
 * adds 1 by semop(); everybody else waits until sem_otime is no longer 0.
 *
 * SEM_UNDO gives the lock back, however this process ends. CMD does not hold
 * it: such debts to the kernel are not inherited by fork().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_MS = 5, PATIENCE_MS = 5000 };

/* semctl(2) leaves its definition to the program. */
union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

static int fail(const char *call)
{
    fprintf(stderr, "svlock: %s: %s\n", call, strerror(errno));
    return -1;
}

/* semop() may be interrupted even without a handler: by a stop and its end. */
static int add(int set, short n, short flags)
{
    struct sembuf op = {.sem_num = 0, .sem_op = n, .sem_flg = flags};

    while (semop(set, &op, 1) == -1)
        if (errno != EINTR)
            return fail("semop");
    return 0;
}

/* Wait until the maker of @set is done. Polling: nothing tells us. */
static int wait_until_ready(int set)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    struct semid_ds ds = {.sem_otime = 0};

    for (int ms = 0; ms < PATIENCE_MS; ms += PAUSE_MS) {
        if (semctl(set, 0, IPC_STAT, (union semun){.buf = &ds}) == -1)
            return fail("semctl");
        if (ds.sem_otime != 0)
            return 0;
        clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL); /* or shorter */
    }
    errno = ETIMEDOUT;
    return fail("semctl");
}

/* Return: the set of @key, ready for use, or -1. */
static int open_lock(key_t key)
{
    int set = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);

    if (set != -1) {
        if (semctl(set, 0, SETVAL, (union semun){.val = 0}) == -1)
            return fail("semctl");
        return add(set, 1, 0) == -1 ? -1 : set;
    }
    if (errno != EEXIST)
        return fail("semget");
    set = semget(key, 1, 0600);
    if (set == -1)
        return fail("semget");
    return wait_until_ready(set) == -1 ? -1 : set;
}

/* Return: the exit status for what CMD did; 1 if it could not be started. */
static int run(char **cmd)
{
    pid_t pid = fork();
    int status;

    if (pid == -1) {
        fail("fork");
        return 1;
    }
    if (pid == 0) {
        execvp(cmd[0], cmd);
        fail(cmd[0]);
        _exit(127);
    }
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR) {
            fail("waitpid");
            return 1;
        }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Decimal or 0x hex, 1 to 0x7fffffff; 0 would be IPC_PRIVATE. Or -1. */
static key_t parse_key(const char *text)
{
    int hex = strncmp(text, "0x", 2) == 0;
    const char *digits = hex ? text + 2 : text;
    const char *legal = hex ? "0123456789abcdefABCDEF" : "0123456789";
    unsigned long key;

    if (*digits == '\0' || digits[strspn(digits, legal)] != '\0')
        return -1;
    key = strtoul(digits, NULL, hex ? 16 : 10); /* or ULONG_MAX */
    return key >= 1 && key <= 0x7fffffff ? (key_t)key : -1;
}

int main(int argc, char *argv[])
{
    key_t key = argc >= 4 ? parse_key(argv[1]) : -1;
    int set, code;

    if (key == -1 || strcmp(argv[2], "--") != 0) {
        fprintf(stderr, "usage: svlock KEY -- CMD [ARG..], with KEY from 1 to "
                        "0x7fffffff\n");
        return 2;
    }
    set = open_lock(key);
    if (set == -1 || add(set, -1, SEM_UNDO) == -1)
        return 1;
    code = run(argv + 3);
    return add(set, 1, SEM_UNDO) == -1 ? 1 : code;
}
