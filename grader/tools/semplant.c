/* SPDX-License-Identifier: MIT */
/* semplant /NAME VALUE: a named semaphore as an earlier run may have left it. Exit: 0 it is there,
 * 1 it cannot be made, 2 usage. */
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    sem_t *s;

    if (argc != 3) {
        fputs("usage: semplant /NAME VALUE\n", stderr);
        return 2;
    }
    sem_unlink(argv[1]); /* it need not be there */
    s = sem_open(argv[1], O_CREAT | O_EXCL, 0600, (unsigned)atoi(argv[2]));
    if (s == SEM_FAILED) {
        perror("semplant: sem_open");
        return 1;
    }
    return sem_close(s) == -1;
}
