/* SPDX-License-Identifier: MIT */
/*
 * io.c in another style: count down what is left; read_line() on top of a switch over what
 * read() may answer.
 */
#include <errno.h>
#include <unistd.h>

#include "io.h"

ssize_t write_full(int fd, const void *buf, size_t n)
{
    const unsigned char *p = buf;

    for (size_t left = n; left > 0;) {
        ssize_t k = write(fd, p, left);

        if (k < 0) {
            if (errno == EINTR)
                k = 0;
            else
                return -1;
        }
        p += k;
        left -= (size_t)k;
    }
    return (ssize_t)n;
}

ssize_t read_full(int fd, void *buf, size_t n)
{
    unsigned char *p = buf;
    size_t left = n;

    while (left > 0) {
        ssize_t k = read(fd, p, left);

        if (k == 0)
            break;
        if (k > 0) {
            p += k;
            left -= (size_t)k;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return (ssize_t)(n - left);
}

ssize_t read_line(int fd, char *buf, size_t cap)
{
    size_t i = 0;

    if (cap < 2)
        return errno = EINVAL, -1;
    for (char c = '\0'; c != '\n' && i + 1 < cap;) {
        switch (read(fd, &c, 1)) {
        case 1:
            buf[i++] = c;
            break;
        case 0:
            c = '\n'; /* ends the loop, is not stored */
            break;
        default:
            if (errno != EINTR)
                return -1;
        }
    }
    buf[i] = '\0';
    return (ssize_t)i;
}
