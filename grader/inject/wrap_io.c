/* SPDX-License-Identifier: MIT */
/* Reading and writing of descriptors. A cut call really moves fewer bytes: the rest stays in the
 * pipe or the socket, or with the caller. */
#include "inj.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

enum { MOST_IOV = 64 }; /* of more pieces than this, nothing is cut */

INJ_EXPORT ssize_t read(int fd, void *buf, size_t n)
{
    struct inj_call c;
    size_t less;
    ssize_t got = -1;

    if (!INJ_ENTER(&c, read, 0))
        return inj_real.read(fd, buf, n);
    if (!inj_interrupt_fd(&c, fd, 0)) {
        less = inj_cut_read(&c, fd, n, 0);
        got = inj_real.read(fd, buf, less ? less : n);
    }
    return inj_leave(&c, got, "du", fd, n);
}

INJ_EXPORT ssize_t write(int fd, const void *buf, size_t n)
{
    struct inj_call c;
    size_t less;
    ssize_t put = -1;

    if (!INJ_ENTER(&c, write, 0))
        return inj_real.write(fd, buf, n);
    if (!inj_interrupt_fd(&c, fd, 0)) {
        less = inj_cut_write(&c, fd, n, 0);
        put = inj_real.write(fd, buf, less ? less : n);
    }
    return inj_leave(&c, put, "du", fd, n);
}

INJ_EXPORT ssize_t readv(int fd, const struct iovec *iov, int count)
{
    struct inj_call c;
    struct iovec part[MOST_IOV];
    size_t n, less;
    ssize_t got = -1;

    if (!INJ_ENTER(&c, readv, 0))
        return inj_real.readv(fd, iov, count);
    n = count > 0 && count <= MOST_IOV ? inj_iov_len(iov, count) : 0;
    if (!inj_interrupt_fd(&c, fd, 0)) {
        less = inj_cut_read(&c, fd, n, 0);
        got = less ? inj_real.readv(fd, part, inj_cut_iov(iov, count, less, part))
                   : inj_real.readv(fd, iov, count);
    }
    return inj_leave(&c, got, "du", fd, n);
}

INJ_EXPORT ssize_t writev(int fd, const struct iovec *iov, int count)
{
    struct inj_call c;
    struct iovec part[MOST_IOV];
    size_t n, less;
    ssize_t put = -1;

    if (!INJ_ENTER(&c, writev, 0))
        return inj_real.writev(fd, iov, count);
    n = count > 0 && count <= MOST_IOV ? inj_iov_len(iov, count) : 0;
    if (!inj_interrupt_fd(&c, fd, 0)) {
        less = inj_cut_write(&c, fd, n, 0);
        put = less ? inj_real.writev(fd, part, inj_cut_iov(iov, count, less, part))
                   : inj_real.writev(fd, iov, count);
    }
    return inj_leave(&c, put, "du", fd, n);
}

/* Only the open of a FIFO waits for somebody, and only in these modes. */
static bool open_waits(int dir, const char *path, int flags)
{
    struct stat st;

    return inj_self.spec.eintr > 0 && !(flags & (O_NONBLOCK | O_PATH)) &&
           (flags & O_ACCMODE) != O_RDWR && fstatat(dir, path, &st, 0) == 0 && S_ISFIFO(st.st_mode);
}

INJ_EXPORT int open(const char *path, int flags, ...)
{
    struct inj_call c;
    mode_t mode = 0;
    va_list ap;
    int fd = -1;

    va_start(ap, flags);
    if (flags & (O_CREAT | __O_TMPFILE))
        mode = va_arg(ap, mode_t);
    va_end(ap);
    if (!INJ_ENTER(&c, open, (long)path))
        return inj_real.open(path, flags, mode);
    if (!inj_fail(&c) && !(open_waits(AT_FDCWD, path, flags) && inj_eintr(&c, true, NULL)))
        fd = inj_real.open(path, flags, mode);
    return (int)inj_leave(&c, fd, "soo", path, flags, mode);
}

INJ_EXPORT int openat(int dir, const char *path, int flags, ...)
{
    struct inj_call c;
    mode_t mode = 0;
    va_list ap;
    int fd = -1;

    va_start(ap, flags);
    if (flags & (O_CREAT | __O_TMPFILE))
        mode = va_arg(ap, mode_t);
    va_end(ap);
    if (!INJ_ENTER(&c, openat, (long)path))
        return inj_real.openat(dir, path, flags, mode);
    if (!inj_fail(&c) && !(open_waits(dir, path, flags) && inj_eintr(&c, true, NULL)))
        fd = inj_real.openat(dir, path, flags, mode);
    return (int)inj_leave(&c, fd, "dsoo", dir, path, flags, mode);
}

/* On a 64-bit machine the same functions by another name. */
INJ_EXPORT int open64(const char *path, int flags, ...) __attribute__((alias("open")));
INJ_EXPORT int openat64(int dir, const char *path, int flags, ...) __attribute__((alias("openat")));
