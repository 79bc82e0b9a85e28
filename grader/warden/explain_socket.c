/* SPDX-License-Identifier: MIT */
/* Sockets: accept, connect, receiving and sending, and who is at the other end. */
#include "explain.h"
#include "socket_peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* " (door)" or "port 4711", from a copy of the descriptor; "" if it has no name. */
static void socket_name(pid_t pid, int fd, char *buf, size_t len)
{
    struct sockaddr_storage ss = {0};
    socklen_t n = sizeof ss;
    int copy = peek_fd(pid, fd);

    buf[0] = '\0';
    if (copy == -1)
        return;
    if (getsockname(copy, (struct sockaddr *)&ss, &n) == 0) {
        const struct sockaddr_un *un = (const struct sockaddr_un *)&ss;
        const struct sockaddr_in *in = (const struct sockaddr_in *)&ss;

        if (ss.ss_family == AF_UNIX && n > offsetof(struct sockaddr_un, sun_path))
            snprintf(buf, len, " (%s%.90s)", un->sun_path[0] ? "" : "@",
                     un->sun_path + !un->sun_path[0]);
        else if (ss.ss_family == AF_INET || ss.ss_family == AF_INET6)
            snprintf(buf, len, " (port %d)", ntohs(in->sin_port));
    }
    close(copy);
}

static void put_peer(const struct picture *pic, struct waiter *w, const struct open_fd *o,
                     bool sends)
{
    uint64_t peer = socket_peer(o->ino);
    struct holders h = {.n = 0};
    char before[96], after[96];

    if (peer)
        find_holders(pic, o->dev, peer, -1, w->p->pid, -1, &h);
    if (h.n == 0) {
        put(&w->text, peer ? " The other end is not held in the jail."
                           : " Who holds the other end cannot be told.");
        return;
    }
    put(&w->text, " The other end is %s.", h.words.buf);
    if (sends)
        put(&w->text, " It does not read, and the buffers are full.");
    else if (h.n > 1)
        put(&w->text, " The end of the stream comes only when every copy of it is closed.");
    snprintf(before, sizeof before, "waits on socket fd %d while", o->fd);
    for (size_t i = 0; i < h.n && i < MAX_LINKS; i++) {
        snprintf(after, sizeof after, "%s its end, fd %d",
                 sends ? "does not read" : "sends nothing on", h.of[i].fd);
        add_link(w, h.of[i].pid, before, after);
    }
}

void explain_socket(const struct picture *pic, struct waiter *w)
{
    int fd = (int)w->args[0];
    const struct waiting_call *c = find_call(w->nr);
    const struct open_fd *o = fd_of(pic, w->p->pid, fd);
    char name[128];
    bool sends =
        w->nr == SYS_sendto || w->nr == SYS_sendmsg || w->nr == SYS_write || w->nr == SYS_writev;

    socket_name(w->p->pid, fd, name, sizeof name);
    put(&w->text, "%s waits in %s(fd %d) ", who_waits(w), c->name, fd);
    if (w->nr == SYS_accept || w->nr == SYS_accept4) {
        put(&w->text, "for a connection to its socket%s, and nobody connects.", name);
        return;
    }
    if (w->nr == SYS_connect) {
        put(&w->text, "for a place in the server's queue of connections: it is full, and the "
                      "server does not accept().");
        return;
    }
    put(&w->text, sends ? "for room in the socket%s." : "for data or the end from a socket%s.",
        name);
    if (o)
        put_peer(pic, w, o, sends);
}
