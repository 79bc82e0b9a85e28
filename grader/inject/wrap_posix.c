/* SPDX-License-Identifier: MIT */
/* POSIX semaphores, message queues, shared memory, condition variables. A message is never cut,
 * and sem_trywait() never lies. */
#include "inj.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <time.h>

INJ_EXPORT sem_t *sem_open(const char *name, int flags, ...)
{
    struct inj_call c;
    mode_t mode = 0;
    unsigned value = 0;
    va_list ap;
    sem_t *s = SEM_FAILED;

    va_start(ap, flags);
    if (flags & O_CREAT) {
        mode = va_arg(ap, mode_t);
        value = va_arg(ap, unsigned);
    }
    va_end(ap);
    if (!INJ_ENTER(&c, sem_open, 0))
        return inj_real.sem_open(name, flags, mode, value);
    if (!inj_fail(&c))
        s = inj_real.sem_open(name, flags, mode, value);
    inj_leave(&c, s == SEM_FAILED ? -1 : (long)s, "soou", name, flags, mode, (size_t)value);
    return s;
}

INJ_EXPORT int sem_init(sem_t *s, int pshared, unsigned value)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, sem_init, 0))
        return inj_real.sem_init(s, pshared, value);
    return (int)inj_leave(&c, inj_real.sem_init(s, pshared, value), "pdu", s, pshared,
                          (size_t)value);
}

INJ_EXPORT int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, pthread_mutex_init, 0))
        return inj_real.pthread_mutex_init(m, attr);
    return (int)inj_leave(&c, inj_real.pthread_mutex_init(m, attr), "pp", m, attr);
}

/* int NAME(TYPE ARG), logged and delayed, never failed */
#define ONE_ARGUMENT(name, type, letter)                                                           \
    INJ_EXPORT int name(type arg)                                                                  \
    {                                                                                              \
        struct inj_call c;                                                                         \
                                                                                                   \
        if (!INJ_ENTER(&c, name, 0))                                                               \
            return inj_real.name(arg);                                                             \
        return (int)inj_leave(&c, inj_real.name(arg), letter, arg);                                \
    }

ONE_ARGUMENT(sem_close, sem_t *, "p")
ONE_ARGUMENT(sem_destroy, sem_t *, "p")
ONE_ARGUMENT(sem_post, sem_t *, "p")
ONE_ARGUMENT(sem_trywait, sem_t *, "p")
ONE_ARGUMENT(sem_unlink, const char *, "s")
ONE_ARGUMENT(mq_close, mqd_t, "d")
ONE_ARGUMENT(mq_unlink, const char *, "s")
ONE_ARGUMENT(shm_unlink, const char *, "s")

INJ_EXPORT int sem_wait(sem_t *s)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, sem_wait, 0))
        return inj_real.sem_wait(s);
    if (!inj_eintr(&c, true, NULL))
        rc = inj_real.sem_wait(s);
    return (int)inj_leave(&c, rc, "p", s);
}

INJ_EXPORT int sem_timedwait(sem_t *s, const struct timespec *until)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, sem_timedwait, 0))
        return inj_real.sem_timedwait(s, until);
    if (!inj_eintr(&c, true, NULL))
        rc = inj_real.sem_timedwait(s, until);
    return (int)inj_leave(&c, rc, "p", s);
}

INJ_EXPORT int sem_getvalue(sem_t *s, int *value)
{
    struct inj_call c;
    int rc;

    if (!INJ_ENTER(&c, sem_getvalue, 0))
        return inj_real.sem_getvalue(s, value);
    rc = inj_real.sem_getvalue(s, value);
    return (int)inj_leave(&c, rc, "pd", s, rc == 0 ? *value : -1);
}

INJ_EXPORT mqd_t mq_open(const char *name, int flags, ...)
{
    struct inj_call c;
    struct mq_attr *attr = NULL;
    mode_t mode = 0;
    va_list ap;
    mqd_t q = -1;

    va_start(ap, flags);
    if (flags & O_CREAT) {
        mode = va_arg(ap, mode_t);
        attr = va_arg(ap, struct mq_attr *);
    }
    va_end(ap);
    if (!INJ_ENTER(&c, mq_open, 0))
        return inj_real.mq_open(name, flags, mode, attr);
    if (!inj_fail(&c))
        q = inj_real.mq_open(name, flags, mode, attr);
    return (mqd_t)inj_leave(&c, q, "sooll", name, flags, mode, attr ? attr->mq_maxmsg : 0L,
                            attr ? attr->mq_msgsize : 0L);
}

/* On a queue that does not wait there is no EINTR, and an EAGAIN would be a lie about its state. */
static bool queue_interrupted(struct inj_call *c, mqd_t q)
{
    return inj_self.spec.eintr > 0 && !(inj_real.fcntl(q, F_GETFL) & O_NONBLOCK) &&
           inj_eintr(c, true, NULL);
}

/* Who receives from a queue that is not empty does not wait: after poll() a program may know that.
 */
static bool receive_interrupted(struct inj_call *c, mqd_t q)
{
    struct mq_attr attr;

    return inj_self.spec.eintr > 0 && inj_real.mq_getattr(q, &attr) == 0 && attr.mq_curmsgs == 0 &&
           queue_interrupted(c, q);
}

INJ_EXPORT int mq_send(mqd_t q, const char *msg, size_t len, unsigned prio)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, mq_send, 0))
        return inj_real.mq_send(q, msg, len, prio);
    if (!queue_interrupted(&c, q))
        rc = inj_real.mq_send(q, msg, len, prio);
    return (int)inj_leave(&c, rc, "duu", q, len, (size_t)prio);
}

INJ_EXPORT int mq_timedsend(mqd_t q, const char *msg, size_t len, unsigned prio,
                            const struct timespec *until)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, mq_timedsend, 0))
        return inj_real.mq_timedsend(q, msg, len, prio, until);
    if (!queue_interrupted(&c, q))
        rc = inj_real.mq_timedsend(q, msg, len, prio, until);
    return (int)inj_leave(&c, rc, "duu", q, len, (size_t)prio);
}

INJ_EXPORT ssize_t mq_receive(mqd_t q, char *msg, size_t len, unsigned *prio)
{
    struct inj_call c;
    ssize_t got = -1;

    if (!INJ_ENTER(&c, mq_receive, 0))
        return inj_real.mq_receive(q, msg, len, prio);
    if (!receive_interrupted(&c, q))
        got = inj_real.mq_receive(q, msg, len, prio);
    return inj_leave(&c, got, "du", q, len);
}

/* Milliseconds from now to @until, rounded up; 0 = it is over. */
static long ms_until(const struct timespec *until)
{
    struct timespec now;
    long ms;

    if (!until || clock_gettime(CLOCK_REALTIME, &now) == -1)
        return -1;
    if (until->tv_sec > INT_MAX || until->tv_sec < 0)
        return until->tv_sec < 0 ? 0 : LONG_MAX;
    ms = (until->tv_sec - now.tv_sec) * 1000 + (until->tv_nsec - now.tv_nsec + 999999) / 1000000;
    return ms < 0 ? 0 : ms;
}

INJ_EXPORT ssize_t mq_timedreceive(mqd_t q, char *restrict msg, size_t len, unsigned *restrict prio,
                                   const struct timespec *restrict until)
{
    struct inj_call c;
    ssize_t got = -1;
    long ms;

    if (!INJ_ENTER(&c, mq_timedreceive, 0))
        return inj_real.mq_timedreceive(q, msg, len, prio, until);
    ms = ms_until(until);
    if (ms == 0 || !receive_interrupted(&c, q))
        got = inj_real.mq_timedreceive(q, msg, len, prio, until);
    return inj_leave(&c, got, "dul", q, len, ms);
}

INJ_EXPORT int mq_getattr(mqd_t q, struct mq_attr *attr)
{
    struct inj_call c;

    if (!INJ_ENTER(&c, mq_getattr, 0))
        return inj_real.mq_getattr(q, attr);
    return (int)inj_leave(&c, inj_real.mq_getattr(q, attr), "d", q);
}

INJ_EXPORT int mq_notify(mqd_t q, const struct sigevent *ev)
{
    struct inj_call c;
    int rc = -1;

    if (!INJ_ENTER(&c, mq_notify, 0))
        return inj_real.mq_notify(q, ev);
    if (!inj_fail(&c))
        rc = inj_real.mq_notify(q, ev);
    return (int)inj_leave(&c, rc, "dd", q, ev ? ev->sigev_notify : -1);
}

INJ_EXPORT int shm_open(const char *name, int flags, mode_t mode)
{
    struct inj_call c;
    int fd = -1;

    if (!INJ_ENTER(&c, shm_open, 0))
        return inj_real.shm_open(name, flags, mode);
    if (!inj_fail(&c))
        fd = inj_real.shm_open(name, flags, mode);
    return (int)inj_leave(&c, fd, "soo", name, flags, mode);
}
