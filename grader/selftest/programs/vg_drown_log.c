/* SPDX-License-Identifier: MIT */
/**
 * Hostile: fills Valgrind's log and makes it non-blocking, so that an error cannot be written,
 * then lets the rest of the report through. The test reads nothing before "full".
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int fd = argc > 1 ? atoi(argv[1]) : -1;
    int *p = malloc(sizeof(*p));
    char line[32];

    int n = snprintf(line, sizeof(line), "==%d== \n", (int)getpid());
    free(p);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
        return 1;
    while (write(fd, line, (size_t)n) == n)
        ;
    while (write(fd, line + n - 1, 1) == 1)
        ;
    *p = 1;
    if (fcntl(fd, F_SETFL, 0) == -1)
        return 1;
    return write(STDOUT_FILENO, "full", 4) != 4;
}
