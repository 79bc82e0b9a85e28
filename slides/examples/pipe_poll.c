/* SPDX-License-Identifier: MIT */
/*
 * pipe_poll: which of two pipes can be read without waiting?
 */
#include <poll.h>
#include <unistd.h>

#include "check.h"

int main(void)
{
    int a[2], b[2];

    check(pipe(a), "pipe");
    check(pipe(b), "pipe");
    /* slide poll */
    struct pollfd ask[2] = {{.fd = a[0], .events = POLLIN},
                            {.fd = b[0], .events = POLLIN}};

    check_n(write(b[1], "x", 1), "write");
    check(poll(ask, 2, 1000), "poll");
    printf("a: %s, b: %s\n",
           ask[0].revents & POLLIN ? "data" : "-",
           ask[1].revents & POLLIN ? "data" : "-");
    check(close(a[1]), "close"); /* its last writer */
    check(poll(ask, 1, 1000), "poll");
    printf("a: %s\n",
           ask[0].revents & POLLHUP ? "hung up" : "-");
    /* end poll */
    return 0;
}
