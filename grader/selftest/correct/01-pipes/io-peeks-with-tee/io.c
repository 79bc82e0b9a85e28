/* SPDX-License-Identifier: MIT */
/* io.c: read_line() peeks, and then takes the line in one read. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"

ssize_t write_full(int fd, const void *buf, size_t n)
{
    const char *from = buf;
    size_t done = 0;

    while (done < n) {
        ssize_t put = write(fd, from + done, n - done);

        if (put == -1 && errno == EINTR)
            continue; /* nothing was written: the same request again */
        if (put == -1)
            return -1;
        done += (size_t)put;
    }
    return (ssize_t)done;
}

ssize_t read_full(int fd, void *buf, size_t n)
{
    char *to = buf;
    size_t done = 0;

    while (done < n) {
        ssize_t got = read(fd, to + done, n - done);

        if (got == -1 && errno == EINTR)
            continue;
        if (got == -1)
            return -1;
        if (got == 0)
            break; /* every writer has closed: this is all there will be */
        done += (size_t)got;
    }
    return (ssize_t)done;
}

/* Copy up to @n bytes that wait in the pipe @fd, without taking them. */
static ssize_t peek_pipe(int fd, char *buf, size_t n)
{
    ssize_t got = -1;
    int p[2], err;

    if (pipe(p) == -1)
        return -1;
    if (n > 4096)
        n = 4096; /* surely fits into the second pipe */
    do
        got = tee(fd, p[1], n, 0);
    while (got == -1 && errno == EINTR);
    err = errno;
    if (got > 0)
        got = read_full(p[0], buf, (size_t)got);
    close(p[0]);
    close(p[1]);
    errno = err;
    return got;
}

/* Bytes at hand, 0 at the end, -1: an error, which a socket tells only once; -2: cannot look ahead
 * here. */
static ssize_t peek(int fd, char *buf, size_t n)
{
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t got;

    if (at != -1)
        return pread(fd, buf, n, at);
    do
        got = recv(fd, buf, n, MSG_PEEK);
    while (got == -1 && errno == EINTR);
    if (got != -1 || errno != ENOTSOCK)
        return got;
    got = peek_pipe(fd, buf, n);
    return got == -1 ? -2 : got;
}

ssize_t read_line(int fd, char *buf, size_t cap)
{
    size_t done = 0;
    char *newline = NULL;

    if (cap < 2) {
        errno = EINVAL;
        return -1;
    }
    while (done < cap - 1 && newline == NULL) {
        ssize_t n = peek(fd, buf + done, cap - 1 - done);

        if (n == -1)
            return -1;
        if (n == 0)
            break;
        if (n > 0 && (newline = memchr(buf + done, '\n', (size_t)n)) != NULL)
            n = newline + 1 - (buf + done);
        n = read_full(fd, buf + done, n > 0 ? (size_t)n : 1);
        if (n <= 0) {
            if (n == -1)
                return -1;
            break;
        }
        if (buf[done + (size_t)n - 1] == '\n')
            newline = buf;
        done += (size_t)n;
    }
    buf[done] = '\0';
    return (ssize_t)done;
}
