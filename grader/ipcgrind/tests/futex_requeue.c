/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A waiter is moved to another word, and woken there. The twin stores after the wake-up. */
#include "pair.h"

#include <linux/futex.h>
#include <sys/syscall.h>

struct page {
    int first, second; /* nobody changes them */
    int data;
};

static long futex(int *word, int op, int count, unsigned long more, int *other)
{
    return syscall(SYS_futex, word, op, count, more, other, 0);
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        must(futex(&p->first, FUTEX_WAIT, 0, 0, NULL) == 0, "futex");
        _exit(p->data == 77); /* [second] */
    }
    while (futex(&p->first, FUTEX_CMP_REQUEUE, 0, 1, &p->second) < 1)
        sched_yield();
    if (ORDERED)
        p->data = 1;
    must(futex(&p->second, FUTEX_WAKE, 1, 0, NULL) == 1, "futex");
    if (!ORDERED)
        p->data = 1; /* [first] */
    finish(pid);
}
