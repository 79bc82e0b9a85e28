/* SPDX-License-Identifier: MIT */
/* Sockets of the jail for the suite: made here, because paths, ports and the network are the
 * jail's; handed out, so that the suite holds the only copy. Nothing here ever blocks. */
#include "warden.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_un un;
    struct sockaddr_in in;
};

/* Return: the length of *@a, or 0 if the path is too long. */
static socklen_t address_of(const struct gr_msg *m, bool tcp, union address *a)
{
    memset(a, 0, sizeof *a);
    if (tcp) {
        a->in.sin_family = AF_INET;
        a->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        a->in.sin_port = htons((uint16_t)m->a);
        return sizeof a->in;
    }
    a->un.sun_family = AF_UNIX;
    if (m->len == 0 || strlen(m->payload) >= sizeof a->un.sun_path)
        return 0;
    memcpy(a->un.sun_path, m->payload, strlen(m->payload) + 1);
    return sizeof a->un;
}

static int set_rcvbuf(int fd, int bytes)
{
    return bytes ? setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) : 0;
}

static int port_of(int fd)
{
    struct sockaddr_in in = {0};
    socklen_t len = sizeof in;

    return getsockname(fd, (struct sockaddr *)&in, &len) == 0 ? ntohs(in.sin_port) : 0;
}

int socket_make(const struct gr_msg *m, int *fd, int *port)
{
    bool tcp = m->value == GR_SOCKET_TCP || m->value == GR_SOCKET_TCP_LISTEN;
    bool listens = m->value == GR_SOCKET_UNIX_LISTEN || m->value == GR_SOCKET_TCP_LISTEN;
    union address a;
    socklen_t len = address_of(m, tcp, &a);
    int error = 0;

    *port = 0;
    *fd = -1;
    if (len == 0)
        return ENAMETOOLONG;
    *fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd == -1)
        return errno;
    if (listens) {
        if (bind(*fd, &a.any, len) == -1 || listen(*fd, (int)m->b) == -1)
            error = errno;
        *port = tcp ? port_of(*fd) : 0;
    } else if (set_rcvbuf(*fd, (int)m->b) == -1 || connect(*fd, &a.any, len) == -1) {
        error = errno;
    }
    if (error && error != EINPROGRESS) {
        close(*fd);
        *fd = -1;
    }
    return error;
}
