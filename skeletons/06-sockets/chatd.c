/* SPDX-License-Identifier: MIT */
/*
 * chatd PATH PORT [GRACE]: a chat room on a UNIX and a TCP socket.
 *
 * One process, one thread. Write here the only call that is allowed to wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listen.h"
#include "room.h"

/* Wait for the two listening sockets and all clients. Return: 0, or -1. */
static int serve(const int lfd[2])
{
    /* TODO(06.8): poll, and accept from whichever socket has a client. */
    /* TODO(06.9): read from those who have sent something. */
    /* TODO(06.9): write to those for whom something waits; to be asked of poll
     * only then. */
    (void)lfd;
    return -1;
}

int main(int argc, char *argv[])
{
    int lfd[2] = {-1, -1};

    /* TODO(06.8): the arguments, both sockets (non-blocking: why?), READY. */
    (void)argc;
    (void)argv;
    if (serve(lfd) == -1)
        fprintf(stderr, "chatd: TODO(06.8): not written yet\n");
    /* TODO(06.12): SIGTERM ends the loop; finish, and leave nothing behind. */
    return 70;
}
