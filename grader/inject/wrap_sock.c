/* SPDX-License-Identifier: MIT */
/* Sockets. Only streams are cut; a datagram comes whole or not at all. */
#include "inj.h"

#include <errno.h>
#include <fcntl.h>

enum { MOST_IOV = 64 };

INJ_EXPORT ssize_t recv(int fd, void *buf, size_t n, int flags)
{
    struct inj_call c;
    size_t less;
    ssize_t got = -1;

    if (!INJ_ENTER(&c, recv, 0))
        return inj_real.recv(fd, buf, n, flags);
    if (!inj_interrupt_fd(&c, fd, flags)) {
        less = inj_cut_read(&c, fd, n, flags);
        got = inj_real.recv(fd, buf, less ? less : n, flags);
    }
    return inj_leave(&c, got, "dux", fd, n, (unsigned long)(unsigned)flags);
}

INJ_EXPORT ssize_t recvfrom(int fd, void *buf, size_t n, int flags, __SOCKADDR_ARG from,
                            socklen_t *len)
{
    struct inj_call c;
    size_t less;
    ssize_t got = -1;

    if (!INJ_ENTER(&c, recvfrom, 0))
        return inj_real.recvfrom(fd, buf, n, flags, from, len);
    if (!inj_interrupt_fd(&c, fd, flags)) {
        less = inj_cut_read(&c, fd, n, flags);
        got = inj_real.recvfrom(fd, buf, less ? less : n, flags, from, len);
    }
    return inj_leave(&c, got, "dux", fd, n, (unsigned long)(unsigned)flags);
}

INJ_EXPORT ssize_t send(int fd, const void *buf, size_t n, int flags)
{
    struct inj_call c;
    size_t less;
    ssize_t put = -1;

    if (!INJ_ENTER(&c, send, 0))
        return inj_real.send(fd, buf, n, flags);
    if (!inj_interrupt_fd(&c, fd, flags)) {
        less = inj_cut_write(&c, fd, n, flags);
        put = inj_real.send(fd, buf, less ? less : n, flags);
    }
    return inj_leave(&c, put, "dux", fd, n, (unsigned long)(unsigned)flags);
}

INJ_EXPORT ssize_t sendto(int fd, const void *buf, size_t n, int flags, __CONST_SOCKADDR_ARG to,
                          socklen_t len)
{
    struct inj_call c;
    size_t less;
    ssize_t put = -1;

    if (!INJ_ENTER(&c, sendto, 0))
        return inj_real.sendto(fd, buf, n, flags, to, len);
    if (!inj_interrupt_fd(&c, fd, flags)) {
        less = inj_cut_write(&c, fd, n, flags);
        put = inj_real.sendto(fd, buf, less ? less : n, flags, to, len);
    }
    return inj_leave(&c, put, "dux", fd, n, (unsigned long)(unsigned)flags);
}

/* @msg with its data cut to @n bytes; what comes beside the data goes with the first byte. */
static struct msghdr cut_msg(const struct msghdr *msg, size_t n, struct iovec *part)
{
    struct msghdr m = *msg;

    m.msg_iovlen = (size_t)inj_cut_iov(msg->msg_iov, (int)msg->msg_iovlen, n, part);
    m.msg_iov = part;
    return m;
}

static size_t msg_len(const struct msghdr *msg)
{
    return msg->msg_iovlen <= MOST_IOV ? inj_iov_len(msg->msg_iov, (int)msg->msg_iovlen) : 0;
}

INJ_EXPORT ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
    struct inj_call c;
    struct iovec part[MOST_IOV];
    struct msghdr m;
    size_t less;
    ssize_t got = -1;

    if (!INJ_ENTER(&c, recvmsg, 0))
        return inj_real.recvmsg(fd, msg, flags);
    if (!inj_interrupt_fd(&c, fd, flags)) {
        less = inj_cut_read(&c, fd, msg_len(msg), flags);
        if (less) {
            m = cut_msg(msg, less, part);
            got = inj_real.recvmsg(fd, &m, flags);
            msg->msg_namelen = m.msg_namelen;
            msg->msg_controllen = m.msg_controllen;
            msg->msg_flags = m.msg_flags;
        } else {
            got = inj_real.recvmsg(fd, msg, flags);
        }
    }
    return inj_leave(&c, got, "dux", fd, msg_len(msg), (unsigned long)(unsigned)flags);
}

INJ_EXPORT ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
    struct inj_call c;
    struct iovec part[MOST_IOV];
    struct msghdr m;
    size_t less;
    ssize_t put = -1;

    if (!INJ_ENTER(&c, sendmsg, 0))
        return inj_real.sendmsg(fd, msg, flags);
    if (!inj_interrupt_fd(&c, fd, flags)) {
        less = inj_cut_write(&c, fd, msg_len(msg), flags);
        m = less ? cut_msg(msg, less, part) : *msg;
        put = inj_real.sendmsg(fd, &m, flags);
    }
    return inj_leave(&c, put, "dux", fd, msg_len(msg), (unsigned long)(unsigned)flags);
}

INJ_EXPORT int accept(int fd, __SOCKADDR_ARG addr, socklen_t *len)
{
    struct inj_call c;
    int got = -1;

    if (!INJ_ENTER(&c, accept, 0))
        return inj_real.accept(fd, addr, len);
    if (!inj_fail(&c) && !inj_interrupt_fd(&c, fd, 0))
        got = inj_real.accept(fd, addr, len);
    return (int)inj_leave(&c, got, "d", fd);
}

INJ_EXPORT int accept4(int fd, __SOCKADDR_ARG addr, socklen_t *len, int flags)
{
    struct inj_call c;
    int got = -1;

    if (!INJ_ENTER(&c, accept4, 0))
        return inj_real.accept4(fd, addr, len, flags);
    if (!inj_fail(&c) && !inj_interrupt_fd(&c, fd, 0))
        got = inj_real.accept4(fd, addr, len, flags);
    return (int)inj_leave(&c, got, "dx", fd, (unsigned long)(unsigned)flags);
}

/* A connect() that a signal interrupts goes on behind the program's back. A UNIX stream is the
 * exception: there nothing was done, and the same call again is right. */
INJ_EXPORT int connect(int fd, __CONST_SOCKADDR_ARG addr, socklen_t len)
{
    struct inj_call c;
    const struct sockaddr *to = addr.__sockaddr__;
    int rc = -1, type = 0;
    socklen_t tlen = sizeof type;
    bool stream;

    if (!INJ_ENTER(&c, connect, 0))
        return inj_real.connect(fd, addr, len);
    stream = inj_real.getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &tlen) == 0 && type == SOCK_STREAM;
    if (inj_fail(&c) || !stream) {
        rc = c.fault ? -1 : inj_real.connect(fd, addr, len);
    } else if (len >= sizeof to->sa_family && to->sa_family == AF_UNIX) {
        if (!inj_self.spec.eintr || (inj_real.fcntl(fd, F_GETFL) & O_NONBLOCK) ||
            !inj_eintr(&c, true, NULL))
            rc = inj_real.connect(fd, addr, len);
    } else {
        rc = inj_real.connect(fd, addr, len);
        if (rc == 0 && !(inj_real.fcntl(fd, F_GETFL) & O_NONBLOCK) && inj_eintr(&c, true, NULL))
            rc = -1;
    }
    return (int)inj_leave(&c, rc, "d", fd);
}

INJ_EXPORT int getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
    struct inj_call c;
    int rc;

    if (!INJ_ENTER(&c, getsockopt, name))
        return inj_real.getsockopt(fd, level, name, value, len);
    rc = inj_real.getsockopt(fd, level, name, value, len);
    if (rc == 0 && inj_self.spec.has_uid && level == SOL_SOCKET && name == SO_PEERCRED &&
        *len >= sizeof(struct ucred)) {
        unsigned nth = __atomic_add_fetch(&inj_self.uid_asked, 1, __ATOMIC_RELAXED);

        if (inj_self.spec.uid_which == 0 || inj_self.spec.uid_which == nth) {
            ((struct ucred *)value)->uid = inj_self.spec.uid;
            c.fault = "uid";
        }
    }
    return (int)inj_leave(&c, rc, "ddd", fd, level, name);
}
