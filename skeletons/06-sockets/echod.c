/* SPDX-License-Identifier: MIT */
/*
 * echod PORT|PATH [GRACE]: every client gets back what it sends.
 *
 * The parts: listen.c makes the socket, forked.c accepts, echo() serves.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "forked.h"
#include "listen.h"

/* Serve one client until its end. Return: the exit status of its process. */
static int echo(int fd)
{
    /* TODO(06.5): receive and send back. Which answers does recv have? */
    (void)fd;
    return 1;
}

int main(int argc, char *argv[])
{
    int lfd;

    /* TODO(06.4): the arguments: a port or a path, perhaps a grace. */
    (void)argc;
    lfd = listen_unix(argv[1]);
    if (lfd == -1) {
        fprintf(stderr, "echod: TODO(06.4): not written yet\n");
        return 70;
    }
    /* TODO(06.4): READY, with the port if there is one; flush it. */
    return forked_serve(lfd, FORKED_GRACE, echo) == -1 ? 70 : 0;
    /* TODO(06.7): what is to be removed at the end? */
}
