/* SPDX-License-Identifier: MIT */
/**
 * Hostile: misuses memory, then ruins every descriptor above 2: argv[1] says how.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "truncate";
    int *p = malloc(sizeof *p);
    int null = open("/dev/null", O_RDWR);

    free(p);
    *p = 1;
    for (int fd = 3; fd < 1024; fd++) {
        if (strcmp(how, "truncate") == 0 &&
            (ftruncate(fd, 0) == -1 || lseek(fd, 0, SEEK_SET) == -1))
            continue;
        if (strcmp(how, "close") == 0)
            close(fd);
        if (strcmp(how, "replace") == 0 && fd != null)
            dup2(null, fd);
    }
    return 0;
}
