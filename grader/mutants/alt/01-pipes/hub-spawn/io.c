/* SPDX-License-Identifier: MIT */
/*
 * io.c in another style: the pointer moves instead of an index, and one helper asks again after
 * EINTR, so that the loops know nothing of signals.
 */
#include <errno.h>
#include <unistd.h>

#include "io.h"

static ssize_t read_some(int fd, void *buf, size_t n)
{
    ssize_t got;

    do
        got = read(fd, buf, n);
    while (got == -1 && errno == EINTR);
    return got;
}

static ssize_t write_some(int fd, const void *buf, size_t n)
{
    ssize_t put;

    do
        put = write(fd, buf, n);
    while (put == -1 && errno == EINTR);
    return put;
}

ssize_t read_full(int fd, void *buf, size_t n)
{
    char *at = buf, *const end = at + n;
    ssize_t got = 1;

    for (; at != end && got > 0; at += got > 0 ? got : 0)
        got = read_some(fd, at, (size_t)(end - at));
    return got == -1 ? -1 : at - (char *)buf;
}

ssize_t write_full(int fd, const void *buf, size_t n)
{
    const char *at = buf, *const end = at + n;

    while (at != end) {
        ssize_t put = write_some(fd, at, (size_t)(end - at));

        if (put == -1)
            return -1;
        at += put;
    }
    return (ssize_t)n;
}

ssize_t read_line(int fd, char *buf, size_t cap)
{
    char *at = buf;
    ssize_t got = 1;

    if (cap < 2) {
        errno = EINVAL;
        return -1;
    }
    while (at < buf + cap - 1 && (at == buf || at[-1] != '\n')) {
        got = read_some(fd, at, 1);
        if (got <= 0)
            break;
        at++;
    }
    *at = '\0';
    return got == -1 ? -1 : at - buf;
}
