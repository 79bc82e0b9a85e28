/* SPDX-License-Identifier: MIT */
/*
 * server.c: the server's side of a FIFO (server.h says what each does).
 *
 * It is linked to logd and to seqd.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

int server_open(const char *path)
{
    /* TODO(02.1): make the FIFO; what if something of that name is there? */
    /* TODO(02.1): open it for reading, without waiting, and keep a writer. */
    /* TODO(02.1): SIGTERM comes only while server_wait() sleeps. */
    (void)path;
    errno = ENOSYS;
    return -1;
}

int server_wait(int rfd)
{
    /* TODO(02.1): sleep until there is something to read, or SIGTERM came. */
    (void)rfd;
    errno = ENOSYS;
    return -1;
}

int server_remove(const char *path)
{
    /* TODO(02.1): take the name away. */
    (void)path;
    errno = ENOSYS;
    return -1;
}
