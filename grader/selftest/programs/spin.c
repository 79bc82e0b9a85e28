/* SPDX-License-Identifier: MIT */
/**
 * Faulty: uses the processor for ever, in argv[1] processes; deaf to every signal it can be.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 1;

    for (int s = 1; s < 65; s++)
        signal(s, SIG_IGN);
    while (--n > 0)
        if (fork() == 0)
            setsid();
    for (;;)
        ;
}
