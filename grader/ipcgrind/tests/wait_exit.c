/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a child did before its exit is seen after waitpid(). */
#include "pair.h"

int main(void)
{
    int *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        *p = 1; /* [first] */
        exit(0);
    }
    if (ORDERED)
        finish(pid);
    int got = *p; /* [second] */
    if (!ORDERED)
        finish(pid);
    return got == 7;
}
