/* SPDX-License-Identifier: MIT */
/**
 * Correct: ends by SIGKILL from its own hand.
 */
#include <signal.h>
#include <unistd.h>

int main(void)
{
    kill(getpid(), SIGKILL);
    return 1;
}
