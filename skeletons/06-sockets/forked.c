/* SPDX-License-Identifier: MIT */
/*
 * A process for each client (forked.h). The parent accepts, forks and reaps.
 *
 * Write here which process closes which descriptor, before you write code.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forked.h"

/* Which children are alive, so that they can be counted, and ended. */

int forked_prepare(void)
{
    /* TODO(06.6): a handler for SIGCHLD. */
    /* TODO(06.7): one for SIGTERM. What if the signal comes between a look at
     * your flag and the call that waits? man 2 ppoll */
    return 0;
}

int forked_serve(int lfd, int grace, int (*serve)(int fd))
{
    /* TODO(06.4): only stay, for now: pause(). */
    /* TODO(06.5): accept, serve, close; one client after another at first. */
    /* TODO(06.6): a child for each. Who closes what, who reaps, and how many
     * children may one SIGCHLD stand for? */
    /* TODO(06.6): an accept that fails because of one client. */
    /* TODO(06.7): SIGTERM: no more clients, then a limited patience. */
    (void)lfd;
    (void)grace;
    (void)serve;
    errno = ENOSYS;
    return -1;
}
