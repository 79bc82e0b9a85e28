/* SPDX-License-Identifier: MIT */
/**
 * Correct: becomes a program that is not traced.
 */
#include <unistd.h>

int main(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return 127;
}
