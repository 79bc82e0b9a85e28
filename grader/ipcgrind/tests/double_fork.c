/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grandchild is seen through the child that waited for it. */
#include "pair.h"

int main(void)
{
    int *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        pid_t grandchild = start();
        if (grandchild == 0) {
            *p = 1; /* [first] */
            _exit(0);
        }
        if (ORDERED)
            finish(grandchild);
        _exit(0);
    }
    finish(pid);
    return *p == 7; /* [second] */
}
