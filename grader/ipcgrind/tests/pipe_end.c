/* SPDX-License-Identifier: GPL-2.0-or-later */
/* End of file tells that the writer has closed, be it by its exit. */
#include "pair.h"

int main(void)
{
    int *p = shared(sizeof(*p));
    int end[2];
    char c;
    must(pipe(end) == 0, "pipe");
    pid_t pid = start();
    if (pid == 0) {
        close(end[0]);
        if (!ORDERED)
            close(end[1]);
        *p = 1; /* [first] */
        _exit(0);
    }
    close(end[1]);
    must(read(end[0], &c, 1) == 0, "read");
    int got = *p; /* [second] */
    finish(pid);
    return got == 7;
}
