/* SPDX-License-Identifier: MIT */
/*
 * hunt_1 FIFO WORD..: measure words, each in a process of its own.
 *
 * Every child writes one line `LENGTH WORD` into the FIFO, and the parent
 * prints the lines as they come: one for each word, in any order.
 *
 * Repaired by a semaphore, which lets one child at a time write its line.
 */
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static sem_t *turn;

static int measure(int fd, const char *word)
{
    char text[4000];
    int n = snprintf(text, sizeof text, "%zu ", strlen(word));

    if (write(fd, text, (size_t)n) == -1) {
        perror("hunt_1: write");
        return 1;
    }
    n = snprintf(text, sizeof text, "%.3000s\n", word);
    if (write(fd, text, (size_t)n) == -1) {
        perror("hunt_1: write");
        return 1;
    }
    return 0;
}

/* The FIFO has no end here, as we have it open for writing, too: count. */
static int print_lines(int fd, int lines)
{
    char c;

    while (lines > 0) {
        if (read(fd, &c, 1) != 1) {
            perror("hunt_1: read");
            return 1;
        }
        putchar(c);
        lines -= c == '\n';
    }
    return fflush(stdout) == EOF;
}

static int wait_for_all(void)
{
    int status, failed = 0;

    while (wait(&status) != -1)
        if (status != 0)
            failed = 1;
    return failed;
}

int main(int argc, char *argv[])
{
    int fd, failed;

    if (argc < 3) {
        fprintf(stderr, "usage: hunt_1 FIFO WORD..\n");
        return 2;
    }
    if (mkfifo(argv[1], 0600) == -1 || (fd = open(argv[1], O_RDWR)) == -1) {
        perror("hunt_1: mkfifo");
        return 1;
    }
    turn = mmap(NULL, sizeof *turn, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (turn == MAP_FAILED || sem_init(turn, 1, 1) == -1) {
        perror("hunt_1: sem_init");
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        pid_t pid = fork();

        if (pid == -1)
            perror("hunt_1: fork");
        if (pid == 0) {
            int rc;

            sem_wait(turn);
            rc = measure(fd, argv[i]);
            sem_post(turn);
            _exit(rc);
        }
    }
    failed = print_lines(fd, argc - 2);
    failed |= wait_for_all();
    failed |= unlink(argv[1]) == -1;
    return failed;
}
