/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Three writers share a pipe; the reader takes all their bytes, or leaves one writer's out. */
#include "pair.h"

enum { WRITERS = 3 };

int main(void)
{
    int *p = shared(WRITERS * sizeof(*p));
    int end[2];
    char c;
    pid_t pid[WRITERS];
    must(pipe(end) == 0, "pipe");
    for (int i = 0; i < WRITERS; i++) {
        pid[i] = start();
        if (pid[i] == 0) {
            bool late = !ORDERED && i == 1;
            if (!late)
                p[i] = i;
            must(write(end[1], "x", 1) == 1, "write");
            if (late)
                p[i] = i; /* [first] */
            _exit(0);
        }
    }
    for (int i = 0; i < WRITERS; i++)
        must(read(end[0], &c, 1) == 1, "read");
    int sum = 0;
    for (int i = 0; i < WRITERS; i++)
        sum += p[i]; /* [second] */
    for (int i = 0; i < WRITERS; i++)
        finish(pid[i]);
    return sum == 77;
}
