/* SPDX-License-Identifier: MIT */
/* Which system calls wait for another task without a time limit. Numbers, not kernel function
 * names: those change with every kernel. */
#include "explain.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static const struct waiting_call calls[] = {
    {SYS_read, "read", -1, false, true},
    {SYS_readv, "readv", -1, false, true},
    {SYS_write, "write", -1, false, true},
    {SYS_writev, "writev", -1, false, true},
#ifdef SYS_open
    {SYS_open, "open", -1, false, false},
    {SYS_pause, "pause", -1, false, false},
    {SYS_poll, "poll", 2, false, false},
    {SYS_select, "select", 4, true, false},
    {SYS_epoll_wait, "epoll_wait", 3, false, true},
#endif
    {SYS_openat, "open", -1, false, false},
    {SYS_wait4, "wait", -1, false, false},
    {SYS_waitid, "waitid", -1, false, false},
    {SYS_rt_sigsuspend, "sigsuspend", -1, false, false},
    {SYS_rt_sigtimedwait, "sigwait", 2, true, false},
    {SYS_semop, "semop", -1, false, false},
    {SYS_semtimedop, "semop", 3, true, false},
    {SYS_msgsnd, "msgsnd", -1, false, false},
    {SYS_msgrcv, "msgrcv", -1, false, false},
    {SYS_mq_timedsend, "mq_send", 4, true, true},
    {SYS_mq_timedreceive, "mq_receive", 4, true, true},
    {SYS_futex, "futex", 3, true, false},
    {SYS_accept, "accept", -1, false, true},
    {SYS_accept4, "accept", -1, false, true},
    {SYS_connect, "connect", -1, false, true},
    {SYS_recvfrom, "recv", -1, false, true},
    {SYS_recvmsg, "recvmsg", -1, false, true},
    {SYS_sendto, "send", -1, false, true},
    {SYS_sendmsg, "sendmsg", -1, false, true},
    {SYS_ppoll, "poll", 2, true, false},
    {SYS_pselect6, "select", 4, true, false},
    {SYS_epoll_pwait, "epoll_wait", 3, false, true},
    {SYS_flock, "flock", -1, false, true},
    {SYS_fcntl, "fcntl", -1, false, true},
    {SYS_splice, "splice", -1, false, true},
};

const struct waiting_call *find_call(long nr)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].nr == nr)
            return &calls[i];
    return NULL;
}

static bool futex_waits(int op)
{
    op &= FUTEX_CMD_MASK;
    return op == FUTEX_WAIT || op == FUTEX_WAIT_BITSET || op == FUTEX_LOCK_PI;
}

/* SO_RCVTIMEO and SO_SNDTIMEO limit calls that have no time in their arguments. */
static bool socket_has_limit(pid_t pid, int fd)
{
    struct timeval in = {0}, out = {0};
    socklen_t len = sizeof in;
    int copy = peek_fd(pid, fd);

    if (copy == -1)
        return true; /* cannot look: then it may have one */
    if (getsockopt(copy, SOL_SOCKET, SO_RCVTIMEO, &in, &len) == -1)
        in = (struct timeval){0};
    len = sizeof out;
    if (getsockopt(copy, SOL_SOCKET, SO_SNDTIMEO, &out, &len) == -1)
        out = (struct timeval){0};
    close(copy);
    return in.tv_sec || in.tv_usec || out.tv_sec || out.tv_usec;
}

bool blocks_forever(pid_t pid, long nr, const uint64_t args[6])
{
    const struct waiting_call *c = find_call(nr);
    char target[256];

    if (!c)
        return false;
    if (nr == SYS_futex && !futex_waits((int)args[1]))
        return false;
    if (nr == SYS_fcntl && (int)args[1] != F_SETLKW && (int)args[1] != F_OFD_SETLKW)
        return false;
    if (c->limit_arg >= 0 && c->null_is_forever)
        return args[c->limit_arg] == 0;
    if (c->limit_arg >= 0)
        return (int)args[c->limit_arg] < 0;
    return !(c->fd_first && proc_fd_target(pid, (int)args[0], target, sizeof target) &&
             strncmp(target, "socket:", 7) == 0 && socket_has_limit(pid, (int)args[0]));
}
