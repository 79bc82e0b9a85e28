/* SPDX-License-Identifier: MIT */
/*
 * svlock KEY -- CMD [ARG..]: run CMD while holding the lock KEY.
 *
 * Write here who makes the set, who gives it its value, and what the others do
 * until then, before you write code.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* semctl(2) leaves its definition to the program. */
union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

/* Return: the set of @key, ready for use; or -1 after a complaint. */
static int open_lock(key_t key)
{
    /* TODO(04.14): semget; 1 is free, 0 is held. */
    /* TODO(04.15): exactly one of many starters gives the value. */
    (void)key;
    errno = ENOSYS;
    return -1;
}

/* Return: the exit status for what CMD did. */
static int run(char **cmd)
{
    /* TODO(04.14): fork, exec, wait. */
    (void)cmd;
    return 70;
}

int main(int argc, char *argv[])
{
    /* TODO(04.14): check the arguments; take the lock, run CMD, give it back.
     */
    /* TODO(04.16): and if this process is killed meanwhile? */
    (void)argc;
    if (open_lock(0) == -1)
        fprintf(stderr, "svlock: TODO(04.14): not written yet\n");
    return run(argv);
}
