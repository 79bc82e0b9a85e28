/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only a sleep between the store and the load; ordered by waitpid() after it. */
#include "pair.h"

int main(void)
{
    int *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        *p = 1; /* [first] */
        _exit(0);
    }
    if (ORDERED)
        finish(pid);
    usleep(400000);
    int got = *p; /* [second] */
    if (!ORDERED)
        finish(pid);
    return got == 7;
}
