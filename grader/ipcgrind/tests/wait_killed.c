/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child that SIGKILL ended is collected with waitid(), first with WNOWAIT. */
#include "pair.h"

int main(void)
{
    int *p = shared(sizeof(*p));
    siginfo_t info;
    int ready[2];
    char c;
    must(pipe(ready) == 0, "pipe");
    pid_t pid = start();
    if (pid == 0) {
        must(write(ready[1], "", 1) == 1, "write");
        *p = 1; /* [first] */
        raise(SIGKILL);
    }
    must(read(ready[0], &c, 1) == 1, "read");
    if (ORDERED)
        must(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0, "waitid");
    int got = *p; /* [second] */
    must(waitid(P_PID, (id_t)pid, &info, WEXITED) == 0, "waitid");
    return got == 7;
}
