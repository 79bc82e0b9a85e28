/* SPDX-License-Identifier: MIT */
/*
 * Frames on a stream socket: 4 bytes of length, then the payload (frame.h).
 *
 * Nothing here may exit, print, or close the socket.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"

/* A helper that both the length and the payload need: exactly n bytes, or what
 * came before the end. */

int frame_read(int fd, unsigned char **payload, size_t *len)
{
    /* TODO(06.2): the length: 4 bytes, however they come; its byte order. */
    /* TODO(06.2): the payload; the end before it, and inside it. */
    /* TODO(06.3): a length that is a lie. What may not happen before you have
     * looked at it? */
    (void)fd;
    *payload = NULL;
    *len = 0;
    errno = ENOSYS;
    return -1;
}

int frame_write(int fd, const void *payload, size_t len)
{
    /* TODO(06.1): the length in network byte order, then the payload. */
    /* TODO(06.3): short counts, EINTR, and a peer that has gone. */
    (void)fd;
    (void)payload;
    (void)len;
    errno = ENOSYS;
    return -1;
}
