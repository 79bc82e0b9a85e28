/* SPDX-License-Identifier: MIT */
/**
 * Faulty: takes memory and touches all of it, in argv[1] processes at once.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 1;

    while (--n > 0)
        if (fork() == 0)
            break;
    for (;;) {
        char *p = malloc(8 << 20);

        if (p)
            memset(p, 1, 8 << 20);
        else
            pause();
    }
}
