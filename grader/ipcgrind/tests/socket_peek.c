/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MSG_PEEK brings what came before the bytes it shows, and nothing else: in the twin it shows the
 * first byte only, and the store comes before the second. */
#include "pair.h"

#include <sys/socket.h>

int main(void)
{
    int *p = shared(2 * sizeof(*p));
    int end[2];
    char c[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, end) == 0, "socketpair");
    pid_t pid = start();
    if (pid == 0) {
        p[0] = 1;
        must(send(end[1], "a", 1, 0) == 1, "send");
        p[1] = 1; /* [first] */
        must(send(end[1], "b", 1, 0) == 1, "send");
        _exit(0);
    }
    size_t size = ORDERED ? 2 : 1;
    while (recv(end[0], c, size, MSG_PEEK) < (ssize_t)size)
        sched_yield();
    int got = p[0];
    got += p[1]; /* [second] */
    must(recv(end[0], c, 2, MSG_WAITALL) == 2, "recv");
    finish(pid);
    return got == 77;
}
