/* SPDX-License-Identifier: MIT */
/**
 * Bounded by RLIMIT_NPROC only: forks for ever, each process in a session of its own.
 */
#include <unistd.h>

int main(void)
{
    for (;;)
        if (fork() == 0)
            setsid();
}
