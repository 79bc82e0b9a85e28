/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A byte through a pipe brings what was stored before it was written, and nothing later: the
 * reader of the first byte knows nothing of the second. */
#include "pair.h"

int main(void)
{
    int *p = shared(2 * sizeof(*p));
    int end[2];
    char c;
    must(pipe(end) == 0, "pipe");
    pid_t pid = start();
    if (pid == 0) {
        p[0] = 1;
        must(write(end[1], "a", 1) == 1, "write");
        p[1] = 1; /* [first] */
        must(write(end[1], "b", 1) == 1, "write");
        _exit(0);
    }
    must(read(end[0], &c, 1) == 1, "read");
    int got = p[0];
    if (ORDERED)
        must(read(end[0], &c, 1) == 1, "read");
    got += p[1]; /* [second] */
    finish(pid);
    return got == 7;
}
