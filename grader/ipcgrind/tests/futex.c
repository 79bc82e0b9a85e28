/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The futex call itself. Nobody changes the word; what
 * orders is WAKE -> WAIT. In the twin the wait finds another value and returns at once. */
#include "pair.h"

#include <linux/futex.h>
#include <sys/syscall.h>

struct page {
    int word; /* nobody changes it */
    int data;
    int more;
};

int main(void)
{
    struct page *p = shared(sizeof(*p));
    pid_t pid = start();
    if (pid == 0) {
        p->data = 1; /* [first] */
        /* until somebody was asleep there */
        while (syscall(SYS_futex, &p->word, FUTEX_WAKE, 1, NULL, NULL, 0) == 0 && ORDERED)
            sched_yield();
        _exit(0);
    }
    long got = syscall(SYS_futex, &p->word, FUTEX_WAIT, ORDERED ? 0 : 1, NULL, NULL, 0);
    must(ORDERED ? got == 0 : errno == EAGAIN, "futex");
    int data = p->data; /* [second] */
    finish(pid);
    return data == 7;
}
