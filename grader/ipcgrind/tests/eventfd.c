/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two eventfds: the write of one -> the read of that one. The twin reads the other. */
#include "pair.h"

#include <sys/eventfd.h>

int main(void)
{
    int *p = shared(sizeof(*p));
    uint64_t one = 1;
    int a = eventfd(0, 0);
    int b = eventfd(ORDERED ? 0 : 1, 0);
    must(a >= 0 && b >= 0, "eventfd");
    pid_t pid = start();
    if (pid == 0) {
        *p = 1; /* [first] */
        must(write(a, &one, sizeof(one)) == sizeof(one), "write");
        _exit(0);
    }
    must(read(ORDERED ? a : b, &one, sizeof(one)) == sizeof(one), "read");
    int got = *p; /* [second] */
    finish(pid);
    return got == 7;
}
