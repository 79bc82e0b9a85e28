/* SPDX-License-Identifier: MIT */
/*
 * Everything with a descriptor: pipes, FIFOs, UNIX and TCP sockets.
 *
 * Both ways of a link are made before the fork; then each side closes the ends
 * that belong to the other one. A socket serves both ways with one descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shoot.h"

int fd_put(struct link *l, const void *buf, size_t n)
{
    const char *from = buf;
    int fd = l->fd[l->side][1];

    while (n > 0) {
        ssize_t put = write(fd, from, n);

        if (put == -1 && again())
            continue;
        if (put == -1)
            return -1;
        from += put;
        n -= (size_t)put;
    }
    return 0;
}

int fd_get(struct link *l, void *buf, size_t n)
{
    char *to = buf;
    int fd = l->fd[1 - l->side][0];

    while (n > 0) {
        ssize_t got = read(fd, to, n);

        if (got == -1 && again())
            continue;
        if (got == 0)
            errno = EPIPE;
        if (got <= 0)
            return -1;
        to += got;
        n -= (size_t)got;
    }
    return 0;
}

static void shut(int *fd)
{
    if (*fd != -1)
        close(*fd);
    *fd = -1;
}

/* The other side's ends, so that each end is held once. */
static int fd_join(struct link *l, int side)
{
    l->side = side;
    shut(&l->fd[side][0]);
    shut(&l->fd[1 - side][1]);
    return 0;
}

static void fd_leave(struct link *l)
{
    for (int way = 0; way < 2; way++)
        for (int end = 0; end < 2; end++)
            shut(&l->fd[way][end]);
}

static int pipe_create(struct link *l)
{
    return pipe2(l->fd[0], O_CLOEXEC) == -1 || pipe2(l->fd[1], O_CLOEXEC) == -1 ? -1 : 0;
}

/* A reader that does not wait comes first, so that the writer finds one. */
static int open_fifo(const char *path, int fd[2])
{
    if (mkfifo(path, 0600) == -1)
        return -1;
    fd[0] = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd[0] != -1)
        fd[1] = open(path, O_WRONLY | O_CLOEXEC);
    unlink(path);
    return fd[1] == -1 ? -1 : fcntl(fd[0], F_SETFL, 0);
}

static int fifo_create(struct link *l)
{
    char dir[] = "/tmp/shootout.XXXXXX";
    char path[sizeof dir + 2];
    int rc = 0;

    if (mkdtemp(dir) == NULL)
        return -1;
    for (int way = 0; rc == 0 && way < 2; way++) {
        snprintf(path, sizeof path, "%s/%d", dir, way);
        rc = open_fifo(path, l->fd[way]);
    }
    rmdir(dir);
    return rc;
}

/* One descriptor for both ways; dup() gives each entry one of its own to close. */
static int spread(struct link *l, const int pair[2])
{
    l->fd[0][1] = pair[0];
    l->fd[0][0] = pair[1];
    l->fd[1][0] = fcntl(pair[0], F_DUPFD_CLOEXEC, 0);
    l->fd[1][1] = fcntl(pair[1], F_DUPFD_CLOEXEC, 0);
    return l->fd[1][0] == -1 || l->fd[1][1] == -1 ? -1 : 0;
}

static int unix_create(struct link *l)
{
    int pair[2];

    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1 ? -1 : spread(l, pair);
}

/* @pair: a connection over loopback. The kernel completes it without accept(). */
static int connect_tcp(int listener, int pair[2])
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int on = 1;

    if (bind(listener, (struct sockaddr *)&at, len) == -1 || listen(listener, 1) == -1 ||
        getsockname(listener, (struct sockaddr *)&at, &len) == -1)
        return -1;
    pair[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (pair[0] == -1 || connect(pair[0], (struct sockaddr *)&at, sizeof at) == -1)
        return -1;
    pair[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (pair[1] == -1)
        return -1;
    /* Else a small answer may wait for the acknowledgement of the one before it. */
    for (int i = 0; i < 2; i++)
        if (setsockopt(pair[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == -1)
            return -1;
    return 0;
}

static int tcp_create(struct link *l)
{
    int pair[2] = {-1, -1};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int rc = listener == -1 ? -1 : connect_tcp(listener, pair);

    shut(&listener);
    if (rc == 0)
        return spread(l, pair);
    shut(&pair[0]);
    shut(&pair[1]);
    return -1;
}

const struct channel channel_pipe = {"pipe", "pipe", 0,        pipe_create, fd_join,
                                     fd_put, fd_get, fd_leave, fd_leave};
const struct channel channel_fifo = {"fifo", "named pipe", 0,        fifo_create, fd_join,
                                     fd_put, fd_get,       fd_leave, fd_leave};
const struct channel channel_unix = {"unix", "UNIX socket", 0,        unix_create, fd_join,
                                     fd_put, fd_get,        fd_leave, fd_leave};
const struct channel channel_tcp = {"tcp",  "TCP loopback", 0,        tcp_create, fd_join,
                                    fd_put, fd_get,         fd_leave, fd_leave};
