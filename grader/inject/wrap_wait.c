/* SPDX-License-Identifier: MIT */
/* Calls that wait: for a child, for a descriptor, for time. The first kind is restarted after a
 * handler with SA_RESTART, the others never are (signal(7)). */
#include "inj.h"

#include <errno.h>
#include <limits.h>

INJ_EXPORT pid_t wait(int *status)
{
    struct inj_call c;
    pid_t pid = -1;

    if (!INJ_ENTER(&c, wait, 0))
        return inj_real.wait(status);
    if (!inj_eintr(&c, true, NULL))
        pid = inj_real.wait(status);
    return (pid_t)inj_leave(&c, pid, "");
}

INJ_EXPORT pid_t waitpid(pid_t which, int *status, int options)
{
    struct inj_call c;
    pid_t pid = -1;

    if (!INJ_ENTER(&c, waitpid, 0))
        return inj_real.waitpid(which, status, options);
    if ((options & WNOHANG) || !inj_eintr(&c, true, NULL))
        pid = inj_real.waitpid(which, status, options);
    return (pid_t)inj_leave(&c, pid, "dd", which, options);
}

INJ_EXPORT pid_t wait3(int *status, int options, struct rusage *usage)
{
    struct inj_call c;
    pid_t pid = -1;

    if (!INJ_ENTER(&c, wait3, 0))
        return inj_real.wait3(status, options, usage);
    if ((options & WNOHANG) || !inj_eintr(&c, true, NULL))
        pid = inj_real.wait3(status, options, usage);
    return (pid_t)inj_leave(&c, pid, "d", options);
}

INJ_EXPORT pid_t wait4(pid_t which, int *status, int options, struct rusage *usage)
{
    struct inj_call c;
    pid_t pid = -1;

    if (!INJ_ENTER(&c, wait4, 0))
        return inj_real.wait4(which, status, options, usage);
    if ((options & WNOHANG) || !inj_eintr(&c, true, NULL))
        pid = inj_real.wait4(which, status, options, usage);
    return (pid_t)inj_leave(&c, pid, "dd", which, options);
}

INJ_EXPORT int waitid(idtype_t type, id_t which, siginfo_t *info, int options)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, waitid, 0))
        return inj_real.waitid(type, which, info, options);
    if ((options & WNOHANG) || !inj_eintr(&c, true, NULL))
        rc = inj_real.waitid(type, which, info, options);
    return (int)inj_leave(&c, rc, "ddd", (int)type, (int)which, options);
}

/* Milliseconds, rounded up; -1 = for ever. What is too long for a long is very long. */
static long limit_ms(const struct timespec *limit)
{
    if (!limit)
        return -1;
    return limit->tv_sec > INT_MAX ? LONG_MAX
                                   : limit->tv_sec * 1000 + (limit->tv_nsec + 999999) / 1000000;
}

INJ_EXPORT int poll(struct pollfd *fds, nfds_t n, int timeout)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, poll, 0))
        return inj_real.poll(fds, n, timeout);
    if (timeout == 0 || !inj_eintr(&c, false, NULL))
        rc = inj_real.poll(fds, n, timeout);
    return (int)inj_leave(&c, rc, "ud", (size_t)n, timeout);
}

INJ_EXPORT int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *limit,
                     const sigset_t *mask)
{
    struct inj_call c;
    bool at_once = limit && limit->tv_sec == 0 && limit->tv_nsec == 0;
    int rc = -1;

    if (!INJ_ENTER(&c, ppoll, 0))
        return inj_real.ppoll(fds, n, limit, mask);
    if (at_once || !inj_eintr(&c, false, mask))
        rc = inj_real.ppoll(fds, n, limit, mask);
    return (int)inj_leave(&c, rc, "ul", (size_t)n, limit_ms(limit));
}

INJ_EXPORT int select(int n, fd_set *r, fd_set *w, fd_set *x, struct timeval *limit)
{
    struct inj_call c;
    bool at_once = limit && limit->tv_sec == 0 && limit->tv_usec == 0;
    struct timespec ts = {limit ? limit->tv_sec : 0, limit ? limit->tv_usec * 1000 : 0};
    long ms = limit_ms(limit ? &ts : NULL); /* select() writes into *limit */
    int rc = -1;

    if (!INJ_ENTER(&c, select, 0))
        return inj_real.select(n, r, w, x, limit);
    if (at_once || !inj_eintr(&c, false, NULL))
        rc = inj_real.select(n, r, w, x, limit);
    return (int)inj_leave(&c, rc, "dl", n, ms);
}

INJ_EXPORT int pselect(int n, fd_set *r, fd_set *w, fd_set *x, const struct timespec *limit,
                       const sigset_t *mask)
{
    struct inj_call c;
    bool at_once = limit && limit->tv_sec == 0 && limit->tv_nsec == 0;
    int rc = -1;

    if (!INJ_ENTER(&c, pselect, 0))
        return inj_real.pselect(n, r, w, x, limit, mask);
    if (at_once || !inj_eintr(&c, false, mask))
        rc = inj_real.pselect(n, r, w, x, limit, mask);
    return (int)inj_leave(&c, rc, "dl", n, limit_ms(limit));
}

INJ_EXPORT int epoll_ctl(int ep, int op, int fd, struct epoll_event *ev)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, epoll_ctl, op))
        return inj_real.epoll_ctl(ep, op, fd, ev);
    if (ev && op != EPOLL_CTL_DEL && (ev->events & EPOLLET))
        __atomic_fetch_or(&inj_self.edge_triggered, 1, __ATOMIC_RELAXED);
    return (int)inj_leave(&c, inj_real.epoll_ctl(ep, op, fd, ev), "ddd", ep, op, fd);
}

INJ_EXPORT int epoll_wait(int ep, struct epoll_event *ev, int max, int timeout)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, epoll_wait, 0))
        return inj_real.epoll_wait(ep, ev, max, timeout);
    if (timeout == 0 || !inj_eintr(&c, false, NULL))
        rc = inj_real.epoll_wait(ep, ev, max, timeout);
    return (int)inj_leave(&c, rc, "ddd", ep, max, timeout);
}

INJ_EXPORT int epoll_pwait(int ep, struct epoll_event *ev, int max, int timeout,
                           const sigset_t *mask)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, epoll_pwait, 0))
        return inj_real.epoll_pwait(ep, ev, max, timeout, mask);
    if (timeout == 0 || !inj_eintr(&c, false, mask))
        rc = inj_real.epoll_pwait(ep, ev, max, timeout, mask);
    return (int)inj_leave(&c, rc, "ddd", ep, max, timeout);
}

/* The sleeps are logged, so that a suite sees who orders by sleeping. */
INJ_EXPORT unsigned sleep(unsigned s)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, sleep, 0))
        return inj_real.sleep(s);
    return (unsigned)inj_leave(&c, inj_real.sleep(s), "u", (size_t)s);
}

INJ_EXPORT int usleep(useconds_t us)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, usleep, 0))
        return inj_real.usleep(us);
    return (int)inj_leave(&c, inj_real.usleep(us), "u", (size_t)us);
}

INJ_EXPORT int nanosleep(const struct timespec *ts, struct timespec *rest)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, nanosleep, 0))
        return inj_real.nanosleep(ts, rest);
    return (int)inj_leave(&c, inj_real.nanosleep(ts, rest), "ll", (long)ts->tv_sec, ts->tv_nsec);
}

INJ_EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *ts,
                               struct timespec *rest)
{
    struct inj_call c;
    int rc;

    if (!INJ_ENTER(&c, clock_nanosleep, 0))
        return inj_real.clock_nanosleep(clock, flags, ts, rest);
    rc = inj_real.clock_nanosleep(clock, flags, ts, rest);
    return (int)inj_leave(&c, rc, "ddll", (int)clock, flags, (long)ts->tv_sec, ts->tv_nsec);
}
