/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel stores for the program: read() into shared memory, write() from it. */
#include "pair.h"

int main(void)
{
    char *p = shared(64);
    int end[2];
    must(pipe(end) == 0, "pipe");
    pid_t pid = start();
    if (pid == 0) {
        for (int i = 0; i < 11; i++)
            p[i] = "from child"[i]; /* [first] */
        must(write(end[1], p, 11) == 11, "write");
        _exit(0);
    }
    if (!ORDERED)
        p[3] = 'x'; /* [second] */
    must(read(end[0], p, 11) == 11, "read");
    finish(pid);
    return p[0] != 'f';
}
