/* SPDX-License-Identifier: MIT */
/*
 * sock_bounds: a stream has no message bounds; a SEQPACKET
 * socket keeps them.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

/* slide send */
static void try(int type, const char *what)
{
    char buf[100];
    int pair[2];

    check(socketpair(AF_UNIX, type, 0, pair), "socketpair");
    check_n(send(pair[0], "abc", 3, 0), "send");
    check_n(send(pair[0], "defgh", 5, 0), "send");
    printf("%s: first recv %zd bytes\n", what,
           check_n(recv(pair[1], buf, sizeof buf, 0), "recv"));
    check(close(pair[0]), "close");
    check(close(pair[1]), "close");
}
/* end send */

int main(void)
{
    /* slide main */
    try(SOCK_STREAM, "stream   ");
    try(SOCK_SEQPACKET, "seqpacket");
    /* end main */
    return 0;
}
