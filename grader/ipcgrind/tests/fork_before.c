/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A store before fork() is seen by the child; one after it races. */
#include "pair.h"

int main(void)
{
    int *p = shared(sizeof(*p));
    if (ORDERED)
        *p = 1;
    pid_t pid = start();
    if (pid == 0)
        _exit(*p == 7); /* [first] */
    if (!ORDERED)
        *p = 2; /* [second] */
    finish(pid);
}
