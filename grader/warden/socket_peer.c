/* SPDX-License-Identifier: MIT */
/* Peers of UNIX sockets by sock_diag(7), of TCP sockets by matching addresses in /proc/net/tcp. */
#include "socket_peer.h"

#include <inttypes.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct diag_request {
    struct nlmsghdr head;
    struct unix_diag_req body;
};

/* The peer's inode in one answer. */
static uint64_t peer_in(struct nlmsghdr *h)
{
    struct unix_diag_msg *m = NLMSG_DATA(h);
    struct rtattr *a = (struct rtattr *)(m + 1);
    unsigned left = h->nlmsg_len - (unsigned)NLMSG_LENGTH(sizeof *m);

    if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY || h->nlmsg_len < NLMSG_LENGTH(sizeof *m))
        return 0;
    for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
        if (a->rta_type == UNIX_DIAG_PEER) {
            uint32_t ino;

            memcpy(&ino, RTA_DATA(a), sizeof ino);
            return ino;
        }
    return 0;
}

static uint64_t unix_peer(uint64_t ino)
{
    _Alignas(struct nlmsghdr) char buf[4096];
    struct diag_request q = {.head = {.nlmsg_len = sizeof q,
                                      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                                      .nlmsg_flags = NLM_F_REQUEST},
                             .body = {.sdiag_family = AF_UNIX,
                                      .udiag_states = ~0U,
                                      .udiag_ino = (uint32_t)ino,
                                      .udiag_show = UDIAG_SHOW_PEER,
                                      .udiag_cookie = {~0U, ~0U}}};
    struct timeval limit = {.tv_usec = 200000};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    uint64_t peer = 0;
    ssize_t n;

    if (fd == -1)
        return 0;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
        send(fd, &q, sizeof q, 0) == (ssize_t)sizeof q && (n = recv(fd, buf, sizeof buf, 0)) > 0 &&
        NLMSG_OK((struct nlmsghdr *)buf, (size_t)n))
        peer = peer_in((struct nlmsghdr *)buf);
    close(fd);
    return peer;
}

struct tcp_line {
    char local[40], remote[40];
    uint64_t ino;
};

static bool next_line(FILE *f, struct tcp_line *t)
{
    char line[256];

    while (fgets(line, sizeof line, f))
        if (sscanf(line, "%*s %39s %39s %*s %*s %*s %*s %*s %*s %" SCNu64, t->local, t->remote,
                   &t->ino) == 3)
            return true;
    return false;
}

static uint64_t tcp_peer(const char *path, uint64_t ino)
{
    struct tcp_line own = {.ino = 0}, t;
    uint64_t peer = 0;
    FILE *f = fopen(path, "re");

    if (!f)
        return 0;
    while (own.ino != ino && next_line(f, &t))
        if (t.ino == ino)
            own = t;
    rewind(f);
    while (own.ino == ino && !peer && next_line(f, &t))
        if (strcmp(t.local, own.remote) == 0 && strcmp(t.remote, own.local) == 0)
            peer = t.ino;
    fclose(f);
    return peer;
}

uint64_t socket_peer(uint64_t ino)
{
    uint64_t peer = unix_peer(ino);

    if (!peer)
        peer = tcp_peer("/proc/net/tcp", ino);
    return peer ? peer : tcp_peer("/proc/net/tcp6", ino);
}
