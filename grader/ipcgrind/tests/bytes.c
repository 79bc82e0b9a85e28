/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Neighbours in one word do not race; a store over both does. */
#include "pair.h"

int main(void)
{
    union {
        char c[8];
        short s[4];
        long l;
    } *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        p->c[0] = 1;
        p->c[2] = 1; /* [first] */
        p->s[3] = 1;
        _exit(0);
    }
    p->c[1] = 2;
    p->c[3] = 2;
    p->s[2] = 2;
    if (!ORDERED)
        p->l = 3; /* [second] */
    finish(pid);
}
