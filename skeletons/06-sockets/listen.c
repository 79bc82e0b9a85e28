/* SPDX-License-Identifier: MIT */
/*
 * Listening sockets (listen.h). Who closes them, and unlinks the path: the
 * caller.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "listen.h"

long listen_number(const char *text, long max)
{
    /* TODO(06.4): digits, all of it, and not above max. */
    (void)text;
    (void)max;
    return -1;
}

int listen_tcp(unsigned port)
{
    /* TODO(06.4): socket, bind to 127.0.0.1, listen. */
    /* TODO(06.7): the port is still warm from the last run. */
    (void)port;
    errno = ENOSYS;
    return -1;
}

int listen_port(int fd)
{
    /* TODO(06.4): which port did the kernel choose? man 2 getsockname */
    (void)fd;
    errno = ENOSYS;
    return -1;
}

int listen_unix(const char *path)
{
    /* TODO(06.4): does the path fit? Then socket, bind, listen; mode 0600. */
    /* TODO(06.7): something is there already: a stale socket, a live server, or
     * a file that is none of your business. */
    (void)path;
    errno = ENOSYS;
    return -1;
}
