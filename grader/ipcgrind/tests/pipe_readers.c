/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two readers share a pipe of tokens, each of which allows one to count: a lock made of a pipe. The
 * twin puts two tokens in. */
#include "pair.h"

int main(void)
{
    volatile int *p = shared(sizeof(*p));
    int end[2];
    char c;
    must(pipe(end) == 0, "pipe");
    must(write(end[1], "ab", ORDERED ? 1 : 2) > 0, "write");
    pid_t pid = start();
    for (int i = 0; i < 25; i++) {
        must(read(end[0], &c, 1) == 1, "read");
        (*p)++; /* [first] [second] */
        must(write(end[1], "c", 1) == 1, "write");
    }
    if (pid == 0)
        _exit(0);
    finish(pid);
    return *p == 7;
}
