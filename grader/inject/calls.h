/* SPDX-License-Identifier: MIT */
/**
 * The calls that are wrapped, once for all: the enum, the names and the real functions are made
 * from these lists. A new wrapper is one word here and one function in a wrap_*.c.
 */
#ifndef INJ_CALLS_H
#define INJ_CALLS_H

#define INJ_IO_CALLS(X)                                                                            \
    X(read)                                                                                        \
    X(readv)                                                                                       \
    X(write)                                                                                       \
    X(writev)                                                                                      \
    X(open)                                                                                        \
    X(openat)                                                                                      \
    X(fcntl)                                                                                       \
    X(flock)                                                                                       \
    X(close)                                                                                       \
    X(closefrom)                                                                                   \
    X(close_range)                                                                                 \
    X(ftruncate)                                                                                   \
    X(mmap)                                                                                        \
    X(munmap)                                                                                      \
    X(msync)

#define INJ_SOCKET_CALLS(X)                                                                        \
    X(recv)                                                                                        \
    X(recvfrom)                                                                                    \
    X(recvmsg)                                                                                     \
    X(send)                                                                                        \
    X(sendto)                                                                                      \
    X(sendmsg)                                                                                     \
    X(accept)                                                                                      \
    X(accept4)                                                                                     \
    X(connect)                                                                                     \
    X(getsockopt)

#define INJ_WAIT_CALLS(X)                                                                          \
    X(wait)                                                                                        \
    X(waitpid)                                                                                     \
    X(waitid)                                                                                      \
    X(wait3)                                                                                       \
    X(wait4)                                                                                       \
    X(poll)                                                                                        \
    X(ppoll)                                                                                       \
    X(select)                                                                                      \
    X(pselect)                                                                                     \
    X(epoll_wait)                                                                                  \
    X(epoll_pwait)                                                                                 \
    X(epoll_ctl)                                                                                   \
    X(sleep)                                                                                       \
    X(usleep)                                                                                      \
    X(nanosleep)                                                                                   \
    X(clock_nanosleep)

#define INJ_POSIX_CALLS(X)                                                                         \
    X(sem_open)                                                                                    \
    X(sem_init)                                                                                    \
    X(sem_close)                                                                                   \
    X(sem_unlink)                                                                                  \
    X(sem_destroy)                                                                                 \
    X(sem_wait)                                                                                    \
    X(sem_timedwait)                                                                               \
    X(sem_trywait)                                                                                 \
    X(sem_post)                                                                                    \
    X(sem_getvalue)                                                                                \
    X(mq_open)                                                                                     \
    X(mq_close)                                                                                    \
    X(mq_unlink)                                                                                   \
    X(mq_send)                                                                                     \
    X(mq_timedsend)                                                                                \
    X(mq_receive)                                                                                  \
    X(mq_timedreceive)                                                                             \
    X(mq_getattr)                                                                                  \
    X(mq_notify)                                                                                   \
    X(shm_open)                                                                                    \
    X(shm_unlink)                                                                                  \
    X(pthread_mutex_init)                                                                          \
    X(pthread_cond_wait)                                                                           \
    X(pthread_cond_timedwait)

#define INJ_SYSV_CALLS(X)                                                                          \
    X(ftok)                                                                                        \
    X(semget)                                                                                      \
    X(semctl)                                                                                      \
    X(semop)                                                                                       \
    X(semtimedop)                                                                                  \
    X(msgget)                                                                                      \
    X(msgctl)                                                                                      \
    X(msgsnd)                                                                                      \
    X(msgrcv)                                                                                      \
    X(shmget)                                                                                      \
    X(shmat)                                                                                       \
    X(shmdt)                                                                                       \
    X(shmctl)

#define INJ_CALLS(X)                                                                               \
    INJ_IO_CALLS(X)                                                                                \
    INJ_SOCKET_CALLS(X)                                                                            \
    INJ_WAIT_CALLS(X)                                                                              \
    INJ_POSIX_CALLS(X)                                                                             \
    INJ_SYSV_CALLS(X)

enum inj_kind {
#define INJ_ENUM(name) INJ_##name,
    INJ_CALLS(INJ_ENUM)
#undef INJ_ENUM
        INJ_NKINDS
};

#endif
