/* SPDX-License-Identifier: MIT */
/**
 * Hostile: writes a clean end of the report into Valgrind's log, then misuses memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int fd = argc > 1 ? atoi(argv[1]) : -1;
    int *p = malloc(sizeof(*p));

    dprintf(fd, "==%d== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)\n",
            (int)getpid());
    free(p);
    *p = 1;
    return 0;
}
