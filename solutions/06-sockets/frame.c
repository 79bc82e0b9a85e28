/* SPDX-License-Identifier: MIT */
/*
 * Frames on a stream socket: 4 bytes of length, then the payload.
 *
 * The length comes from somebody else: it is checked before anything is done
 * with it. Who closes: the caller. Who frees a payload: the caller.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"

/* Exactly @n bytes, unless the end comes first. Return: bytes, or -1. */
static ssize_t read_all(int fd, void *buf, size_t n)
{
    size_t done = 0;

    while (done < n) {
        ssize_t got = read(fd, (char *)buf + done, n - done);

        if (got == -1 && errno == EINTR)
            continue;
        if (got == -1)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static int send_all(int fd, const void *data, size_t n, int flags)
{
    size_t done = 0;

    while (done < n) {
        ssize_t put =
            send(fd, (const char *)data + done, n - done, MSG_NOSIGNAL | flags);

        if (put == -1 && errno == EINTR)
            continue;
        if (put == -1)
            return -1;
        done += (size_t)put;
    }
    return 0;
}

/* The end inside a frame is an error of its own. Return: 0 or -1. */
static int need(ssize_t got, size_t wanted)
{
    if (got == (ssize_t)wanted)
        return 0;
    if (got != -1)
        errno = EPROTO;
    return -1;
}

int frame_read(int fd, unsigned char **payload, size_t *len)
{
    unsigned char *data;
    uint32_t head;
    ssize_t got = read_all(fd, &head, sizeof head);
    size_t n;

    *payload = NULL;
    *len = 0;
    if (got == 0)
        return 0;
    if (need(got, sizeof head) == -1)
        return -1;
    n = ntohl(head);
    if (n > FRAME_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    data = malloc(n > 0 ? n : 1); /* malloc(0) may be NULL without a failure */
    if (data == NULL)
        return -1;
    if (need(read_all(fd, data, n), n) == -1) {
        free(data); /* keeps errno */
        return -1;
    }
    *payload = data;
    *len = n;
    return 1;
}

int frame_write(int fd, const void *payload, size_t len)
{
    uint32_t head;

    if (len > FRAME_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    head = htonl((uint32_t)len);
    /* MSG_MORE: the kernel may put both parts into one packet. */
    if (send_all(fd, &head, sizeof head, len > 0 ? MSG_MORE : 0) == -1)
        return -1;
    return send_all(fd, payload, len, 0);
}
