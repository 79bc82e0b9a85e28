/* SPDX-License-Identifier: MIT */
/* Calls on descriptors and memory that are logged and delayed; and close(), which never fails
 * here, and never takes the log away. */
#include "inj.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

INJ_EXPORT int fcntl(int fd, int cmd, ...)
{
    struct inj_call c;
    va_list ap;
    long arg;

    va_start(ap, cmd);
    arg = va_arg(ap, long); /* an int or a pointer: both come in one register */
    va_end(ap);
    if (!INJ_ENTER(&c, fcntl, cmd))
        return inj_real.fcntl(fd, cmd, arg);
    return (int)inj_leave(&c, inj_real.fcntl(fd, cmd, arg), "ddx", fd, cmd, arg);
}
INJ_EXPORT int fcntl64(int fd, int cmd, ...) __attribute__((alias("fcntl")));

INJ_EXPORT int flock(int fd, int op)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, flock, op))
        return inj_real.flock(fd, op);
    return (int)inj_leave(&c, inj_real.flock(fd, op), "dd", fd, op);
}

INJ_EXPORT int close(int fd)
{
    struct inj_call c;

    if (inj_self.active && fd == inj_self.log && fd != -1) {
        errno = EBADF; /* the program never opened it */
        return -1;
    }
    if (!INJ_ENTER(&c, close, 0))
        return inj_real.close(fd);
    return (int)inj_leave(&c, inj_real.close(fd), "d", fd);
}

INJ_EXPORT int close_range(unsigned first, unsigned last, int flags)
{
    unsigned log = (unsigned)inj_self.log;
    int rc = 0;

    if (!inj_self.active || inj_self.log == -1 || log < first || log > last)
        return inj_real.close_range(first, last, flags);
    if (first < log)
        rc = inj_real.close_range(first, log - 1, flags);
    if (rc == 0 && last > log)
        rc = inj_real.close_range(log + 1, last, flags);
    return rc;
}

INJ_EXPORT void closefrom(int first)
{
    if (!inj_self.active || inj_self.log == -1)
        inj_real.closefrom(first);
    else
        close_range(first < 0 ? 0 : (unsigned)first, ~0u, 0);
}

INJ_EXPORT int ftruncate(int fd, off_t len)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, ftruncate, 0))
        return inj_real.ftruncate(fd, len);
    if (!inj_fail(&c))
        rc = inj_real.ftruncate(fd, len);
    return (int)inj_leave(&c, rc, "dl", fd, (long)len);
}
INJ_EXPORT int ftruncate64(int fd, off64_t len) __attribute__((alias("ftruncate")));

INJ_EXPORT void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t at)
{
    struct inj_call c;
    void *p = MAP_FAILED;

    if (!INJ_ENTER(&c, mmap, 0))
        return inj_real.mmap(addr, len, prot, flags, fd, at);
    if (!inj_fail(&c))
        p = inj_real.mmap(addr, len, prot, flags, fd, at);
    inj_leave(&c, p == MAP_FAILED ? -1 : (long)p, "pudxdl", addr, len, prot,
              (unsigned long)(unsigned)flags, fd, (long)at);
    return p;
}
INJ_EXPORT void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off64_t at)
    __attribute__((alias("mmap")));

INJ_EXPORT int munmap(void *addr, size_t len)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, munmap, 0))
        return inj_real.munmap(addr, len);
    return (int)inj_leave(&c, inj_real.munmap(addr, len), "pu", addr, len);
}

INJ_EXPORT int msync(void *addr, size_t len, int flags)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, msync, 0))
        return inj_real.msync(addr, len, flags);
    if (!inj_fail(&c))
        rc = inj_real.msync(addr, len, flags);
    return (int)inj_leave(&c, rc, "pud", addr, len, flags);
}
