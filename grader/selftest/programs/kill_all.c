/* SPDX-License-Identifier: MIT */
/**
 * Hostile: tries to kill and stop everything there is, by every address a process has.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    static const int sigs[] = {SIGKILL, SIGSTOP, SIGTERM, SIGSEGV};

    for (int s = 1; s < 65; s++)
        signal(s, SIG_IGN);
    for (size_t i = 0; i < sizeof sigs / sizeof *sigs; i++) {
        kill(1, sigs[i]);
        kill(getppid(), sigs[i]);
        kill(-1, sigs[i]); /* all but 1 and ourselves */
    }
    printf("alive\n");
    return 0;
}
