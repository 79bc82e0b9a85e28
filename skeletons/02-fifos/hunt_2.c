/* SPDX-License-Identifier: MIT */
/*
 * hunt_2 FIFO: add up the numbers that clients write into the FIFO.
 *
 * Prints READY, then for each line with a number a line `sum S`. Clients come
 * and go; the line `end` ends the program.
 *
 * Try it: `./hunt_2 f &`, `echo 5 >f`, look at `top`, `echo 7 >f`, `echo end
 * >f`, and start it again. Find two mistakes and repair them (README, step
 * 02.13).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One line of the FIFO. Return: its length, or -1. */
static int read_line(int fd, char *line, int cap)
{
    int len = 0;
    char c;

    while (len < cap - 1) {
        ssize_t got = read(fd, &c, 1);

        if (got == -1) {
            perror("hunt_2: read");
            return -1;
        }
        if (got == 0)
            continue; /* nothing there yet: try again */
        if (c == '\n')
            break;
        line[len++] = c;
    }
    line[len] = '\0';
    return len;
}

static int serve(int fd)
{
    char line[64];
    long sum = 0;

    for (;;) {
        if (read_line(fd, line, (int)sizeof line) == -1)
            return 1;
        if (strcmp(line, "end") == 0)
            return 0;
        sum += atol(line);
        printf("sum %ld\n", sum);
        if (fflush(stdout) == EOF)
            return 1;
    }
}

int main(int argc, char *argv[])
{
    int fd, failed;

    if (argc != 2) {
        fprintf(stderr, "usage: hunt_2 FIFO\n");
        return 2;
    }
    if (mkfifo(argv[1], 0600) == -1) {
        perror("hunt_2: mkfifo");
        return 1;
    }
    printf("READY\n");
    if (fflush(stdout) == EOF)
        return 1;
    fd = open(argv[1], O_RDONLY);
    if (fd == -1) {
        perror("hunt_2: open");
        return 1;
    }
    failed = serve(fd);
    close(fd);
    return failed;
}
