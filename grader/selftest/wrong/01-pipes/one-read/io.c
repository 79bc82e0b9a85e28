/* SPDX-License-Identifier: MIT */
/*
 * io.c: move a whole record, whatever read() and write() do (part 1A).
 *
 * Both calls return what they could move at once, which may be less than
 * asked, and fail with EINTR if a signal handler ran before they moved
 * anything. Each loop below keeps one number, the bytes done so far, and asks
 * again for the rest.
 */
#include <errno.h>
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
    return read(fd, buf, n); /* the mistake: one read for the whole record */
}

/*
 * One byte a read(): a pipe gives no way to put back what was read too much,
 * and keeping it in a buffer of our own would hide it from whoever reads the
 * descriptor next (an exec'd program, for example).
 */
ssize_t read_line(int fd, char *buf, size_t cap)
{
    size_t done = 0;

    if (cap < 2) {
        errno = EINVAL;
        return -1;
    }
    while (done < cap - 1) {
        ssize_t got = read_full(fd, buf + done, 1);

        if (got == -1)
            return -1;
        if (got == 0)
            break;
        if (buf[done++] == '\n')
            break;
    }
    buf[done] = '\0';
    return (ssize_t)done;
}
