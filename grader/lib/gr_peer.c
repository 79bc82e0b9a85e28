/* SPDX-License-Identifier: MIT */
/* A peer's bytes: what the scene's event loop does for it, and the waits. */
#include "gr_peer.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 65536, PUMP_MS = 500 };

/* The other side is gone, or sent its end. */
static void ended(struct gr_peer *p, int error)
{
    p->ended = true;
    p->error = error;
    p->scene->moved_at = gr_now_ms();
}

bool gr_peer_due(const struct gr_peer *p)
{
    int waiting = 0;

    return p->fd != -1 && p->dribble && p->sent < p->out_len &&
           ioctl(p->fd, SIOCOUTQ, &waiting) == 0 && waiting == 0;
}

bool gr_peer_restless(const struct gr_peer *p)
{
    return p->fd != -1 && p->dribble && p->sent < p->out_len;
}

short gr_peer_events(const struct gr_peer *p)
{
    short events = 0;

    if (p->fd == -1 || p->listening)
        return p->fd == -1 ? 0 : POLLIN;
    if (p->connecting || (!p->dribble && p->sent < p->out_len))
        events |= POLLOUT;
    if (!p->connecting && !p->mute && !p->ended)
        events |= POLLIN;
    return events;
}

static void keep_fds(struct gr_peer *p, struct msghdr *mh)
{
    p->fds_cut = p->fds_cut || (mh->msg_flags & MSG_CTRUNC);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        int fd;

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t i = 0; i < n; i++) {
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (p->nfds < GR_PEER_FDS) {
                p->fds[p->nfds++] = fd;
            } else { /* more than anybody asked for */
                close(fd);
                p->fds_cut = true;
            }
        }
    }
}

static void receive(struct gr_peer *p)
{
    static char chunk[CHUNK];
    union {
        char bytes[CMSG_SPACE(sizeof(int) * GR_PEER_FDS)];
        struct cmsghdr align;
    } control;

    while (p->fd != -1 && !p->mute && !p->ended && !p->listening) {
        struct iovec iov = {chunk, sizeof chunk};
        struct msghdr mh = {.msg_iov = &iov,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
        ssize_t n = recvmsg(p->fd, &mh, MSG_CMSG_CLOEXEC);

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1 && errno == EAGAIN)
            return;
        if (n <= 0) {
            ended(p, n == 0 ? 0 : errno);
            return;
        }
        keep_fds(p, &mh);
        p->scene->moved_at = gr_now_ms();
        gr_buf_add(&p->in, chunk, (size_t)n);
        if (p->in.lost) {
            gr_scene_stop(p->scene, GR_STOP_OUTPUT, "a client got more than %zu KiB from it",
                          p->in.len / 1024);
            return;
        }
    }
}

static void transmit(struct gr_peer *p)
{
    while (p->fd != -1 && p->sent < p->out_len && (!p->dribble || gr_peer_due(p))) {
        ssize_t n = send(p->fd, p->out + p->sent, p->dribble ? 1 : p->out_len - p->sent,
                         MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1 && errno == EAGAIN)
            return;
        if (n == -1) { /* what it still had to say may be there to be read */
            p->sent = p->out_len = 0;
            if (p->mute)
                ended(p, errno);
            break;
        }
        p->sent += (size_t)n;
        p->total_sent += (size_t)n;
        p->scene->moved_at = gr_now_ms();
    }
    if (p->sent == p->out_len)
        p->sent = p->out_len = 0;
    if (p->out_len == 0 && p->shut_after && p->fd != -1) {
        p->shut_after = false;
        shutdown(p->fd, SHUT_WR); /* ENOTCONN: it is gone, which the next read tells */
    }
}

static void finish_connect(struct gr_peer *p)
{
    struct pollfd pf = {.fd = p->fd, .events = POLLOUT};
    socklen_t len = sizeof p->error;

    if (poll(&pf, 1, 0) != 1)
        return;
    p->connecting = false;
    if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &p->error, &len) == -1)
        p->error = errno;
    if (p->error) {
        close(p->fd);
        p->fd = -1;
    }
}

void gr_peer_pump(struct gr_peer *p)
{
    if (p->fd != -1 && p->connecting)
        finish_connect(p);
    if (p->fd == -1 || p->connecting || p->listening)
        return;
    transmit(p);
    receive(p);
}

void gr_peer_send(struct gr_peer *p, const void *data, size_t len)
{
    if (p->fd == -1 || len == 0)
        return;
    if (p->sent > 0 && p->sent == p->out_len)
        p->sent = p->out_len = 0;
    p->out = gr_xrealloc(p->out, p->out_len + len, 1);
    memcpy(p->out + p->out_len, data, len);
    p->out_len += len;
    gr_scene_pump(p->scene, 0);
}

void gr_peer_say(struct gr_peer *p, const char *text)
{
    gr_peer_send(p, text, strlen(text));
}

int gr_peer_send_fds(struct gr_peer *p, const void *data, size_t len, const int *fds, size_t n)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * GR_PEER_FDS)];
        struct cmsghdr align;
    } control = {0};
    struct iovec iov = {(void *)(uintptr_t)data, len};
    struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};

    if (n > GR_PEER_FDS) {
        errno = EINVAL;
        return -1;
    }
    if (n > 0) {
        struct cmsghdr *c = &control.align;

        mh.msg_control = control.bytes;
        mh.msg_controllen = CMSG_SPACE(sizeof(int) * n);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * n);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
    }
    return sendmsg(p->fd, &mh, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -1;
}

int gr_peer_take_fd(struct gr_peer *p)
{
    int fd = p->nfds > 0 ? p->fds[0] : -1;

    if (fd != -1)
        memmove(p->fds, p->fds + 1, --p->nfds * sizeof *p->fds);
    return fd;
}

struct wait {
    struct gr_peer *p;
    size_t n;
    const char *line;
    bool (*fn)(void *);
    void *arg;
};

static bool all_ended(const struct gr_scene *s)
{
    for (size_t i = 0; i < s->nprocs; i++)
        if (!s->procs[i].ended)
            return false;
    return true;
}

static bool fn_or_all_ended(void *arg)
{
    struct wait *w = arg;

    return w->fn(w->arg) || all_ended(w->p->scene);
}

bool gr_peer_wait(struct gr_scene *s, bool (*fn)(void *), void *arg)
{
    struct gr_peer of_scene = {.scene = s};
    struct wait w = {.p = &of_scene, .fn = fn, .arg = arg};

    gr_scene_until(s, fn_or_all_ended, &w);
    if (!fn(arg))
        gr_scene_pump(s, 0); /* the last words of a program that ended */
    return fn(arg);
}

static bool is_sent(void *arg)
{
    const struct gr_peer *p = ((struct wait *)arg)->p;

    return p->out_len == 0 || p->fd == -1;
}

bool gr_peer_wait_sent(struct gr_peer *p)
{
    return gr_peer_wait(p->scene, is_sent, &(struct wait){.p = p});
}

static bool has_bytes(void *arg)
{
    struct wait *w = arg;

    return w->p->in.len >= w->n || w->p->ended;
}

bool gr_peer_wait_bytes(struct gr_peer *p, size_t n)
{
    gr_peer_wait(p->scene, has_bytes, &(struct wait){.p = p, .n = n});
    return p->in.len >= n;
}

static bool has_line(const struct gr_peer *p, size_t from, const char *line)
{
    const char *text = gr_buf_text(&p->in), *end = text + p->in.len;
    size_t n = strlen(line);

    for (const char *at = text + (from < p->in.len ? from : p->in.len);
         (at = memmem(at, (size_t)(end - at), line, n)); at++)
        if ((at == text || at[-1] == '\n') && at + n < end && at[n] == '\n')
            return true;
    return false;
}

static bool has_line_or_end(void *arg)
{
    struct wait *w = arg;

    return has_line(w->p, w->n, w->line) || w->p->ended;
}

bool gr_peer_wait_line(struct gr_peer *p, size_t from, const char *line)
{
    gr_peer_wait(p->scene, has_line_or_end, &(struct wait){.p = p, .n = from, .line = line});
    return has_line(p, from, line);
}

static bool has_ended(void *arg)
{
    const struct gr_peer *p = ((struct wait *)arg)->p;

    return p->ended || p->fd == -1;
}

bool gr_peer_wait_end(struct gr_peer *p)
{
    return gr_peer_wait(p->scene, has_ended, &(struct wait){.p = p});
}
