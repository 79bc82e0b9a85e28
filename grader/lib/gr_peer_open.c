/* SPDX-License-Identifier: MIT */
/* A peer's socket: made by the warden inside the jail, and how it goes away. */
#include "gr_peer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PEER_BYTES = 80 << 20,
    RETRY_MS = 2,
    DEFAULT_QUEUE = 64,
    TRIES = 8, /* how often a held jail may stand still before a TCP queue counts as full */
};

struct gr_peer *gr_peer_adopt(struct gr_scene *s, int fd)
{
    struct gr_peer *p = gr_xcalloc(1, sizeof *p);

    *p = (struct gr_peer){.scene = s, .next = s->peers, .fd = fd, .in = {.cap = PEER_BYTES}};
    s->peers = p;
    if (fd != -1 && gr_set_nonblock(fd) == -1)
        gr_scene_stop(s, GR_STOP_INFRA, "a client's socket: %s", strerror(errno));
    return p;
}

/* Ask the warden for a socket. Return: 0 with *@fd, or an errno. */
static int ask(struct gr_scene *s, enum gr_socket kind, const struct gr_peer_to *to, int64_t extra,
               int *fd)
{
    struct gr_order o = {.type = GR_REQ_SOCKET,
                         .value = (int)kind,
                         .a = to->port,
                         .b = extra,
                         .path = to->path ? to->path : ""};
    int error = gr_scene_order(s, o);

    *fd = error == 0 || error == EINPROGRESS ? s->reply_fd : -1;
    return error;
}

struct connect_try {
    struct gr_scene *s;
    const struct gr_peer_to *to;
    int error, fd;
};

/* A UNIX socket whose queue is full says EAGAIN: again, until there is room. */
static bool got_through(void *arg)
{
    struct connect_try *t = arg;

    t->error =
        ask(t->s, t->to->path ? GR_SOCKET_UNIX : GR_SOCKET_TCP, t->to, t->to->rcvbuf, &t->fd);
    return t->error != EAGAIN || t->to->once;
}

static bool is_connected(void *arg)
{
    return !((struct gr_peer *)arg)->connecting;
}

/* A full TCP queue says nothing: it lets the connection wait. */
static void give_up_when_still(struct gr_peer *p)
{
    for (int i = 0; i < TRIES && p->connecting; i++)
        gr_wait_quiet(p->scene, RETRY_MS, is_connected, p);
    if (!p->connecting)
        return;
    gr_peer_close(p);
    p->connecting = false;
    p->error = EAGAIN;
}

struct gr_peer *gr_peer_connect(struct gr_scene *s, const struct gr_peer_to *to)
{
    struct connect_try t = {.s = s, .to = to, .fd = -1};
    struct gr_peer *p;

    gr_scene_wait(s, got_through, &t, RETRY_MS);
    p = gr_peer_adopt(s, t.fd);
    p->connecting = t.error == EINPROGRESS;
    if (p->fd == -1)
        p->error = t.error ? t.error : EPIPE;
    if (p->connecting && to->once)
        give_up_when_still(p);
    if (p->connecting && !gr_peer_wait(s, is_connected, p))
        p->error = p->error ? p->error : ETIMEDOUT;
    return p;
}

struct gr_peer *gr_peer_listen(struct gr_scene *s, const struct gr_peer_to *to, int *port)
{
    int fd, error = ask(s, to->path ? GR_SOCKET_UNIX_LISTEN : GR_SOCKET_TCP_LISTEN, to,
                        to->queue ? to->queue : DEFAULT_QUEUE, &fd);
    struct gr_peer *p = gr_peer_adopt(s, fd);

    p->listening = true;
    p->error = error;
    if (port)
        *port = error ? 0 : (int)s->reply->a;
    return p;
}

struct accepting {
    struct gr_peer *listener;
    int fd;
};

static bool got_connection(void *arg)
{
    struct accepting *a = arg;

    if (a->fd == -1)
        a->fd = accept4(a->listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return a->fd != -1;
}

struct gr_peer *gr_peer_accept(struct gr_peer *listener)
{
    struct accepting a = {.listener = listener, .fd = -1};

    gr_peer_wait(listener->scene, got_connection, &a);
    return gr_peer_adopt(listener->scene, a.fd);
}

void gr_peer_shut(struct gr_peer *p)
{
    p->shut_after = true;
    gr_scene_pump(p->scene, 0);
}

void gr_peer_close(struct gr_peer *p)
{
    if (p->fd != -1)
        close(p->fd);
    p->fd = -1;
    p->out_len = p->sent = 0;
}

void gr_peer_reset(struct gr_peer *p)
{
    struct linger now = {.l_onoff = 1};

    if (p->fd != -1 && setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) == -1)
        gr_scene_stop(p->scene, GR_STOP_INFRA, "SO_LINGER: %s", strerror(errno));
    gr_peer_close(p);
}

void gr_peers_free(struct gr_scene *s)
{
    while (s->peers) {
        struct gr_peer *p = s->peers;

        s->peers = p->next;
        gr_peer_close(p);
        for (size_t i = 0; i < p->nfds; i++)
            close(p->fds[i]);
        gr_buf_release(&p->in);
        free(p->out);
        free(p);
    }
}

int gr_jail_mode(struct gr_scene *s, const char *path)
{
    int fd = gr_jail_open(s, path, O_PATH | O_NOFOLLOW, 0), rc;
    struct stat st;

    if (fd == -1)
        return -1;
    rc = fstat(fd, &st);
    close(fd);
    return rc == -1 ? -1 : (int)st.st_mode;
}

int gr_jail_processes(struct gr_scene *s)
{
    size_t at = 0;
    int n = 0;

    if (gr_scene_order(s, (struct gr_order){.type = GR_REQ_CENSUS}) != 0)
        return -1;
    while (gr_fact(s, GR_FACT_PROCESS, &at))
        n++;
    for (enum gr_fact_kind k = GR_FACT_ZOMBIE; k <= GR_FACT_PROCESS; k++)
        gr_forget_facts(s, k);
    return n;
}
