/* SPDX-License-Identifier: MIT */
/*
 * sock_peer: the kernel, not the client, says who is at the
 * other end.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

int main(void)
{
    int pair[2];

    check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair),
          "socketpair");
    /* slide peer */
    struct ucred who;
    socklen_t len = sizeof who;

    check(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &who,
                     &len),
          "getsockopt");
    printf("my own user: %s\n",
           who.uid == getuid() ? "yes" : "no");
    /* end peer */
    return 0;
}
