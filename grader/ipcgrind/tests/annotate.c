/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flag that ipcgrind cannot read, and the annotation that tells what it means. */
#include "../ipcgrind.h"
#include "pair.h"

struct page {
    volatile int flag, data;
};

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        p->data = 1; /* [first] */
        if (ORDERED)
            IPCGRIND_HAPPENS_BEFORE(&p->flag);
        IPCGRIND_IGNORE_BEGIN();
        p->flag = 1;
        IPCGRIND_IGNORE_END();
        _exit(0);
    }
    IPCGRIND_IGNORE_BEGIN();
    while (!p->flag)
        ;
    IPCGRIND_IGNORE_END();
    if (ORDERED)
        IPCGRIND_HAPPENS_AFTER(&p->flag);
    int got = p->data; /* [second] */
    finish(pid);
    return got == 7;
}
