/* SPDX-License-Identifier: MIT */
/* poll(), select() and epoll_wait() without a time limit: on which descriptors. */
#include "explain.h"
#include "gr_io.h"
#include "socket_peer.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>

enum { MAX_POLLED = 32 };

struct polled {
    int fd;
    bool in, out;
};

static size_t read_pollfds(const struct waiter *w, struct polled *v)
{
    struct pollfd p[MAX_POLLED];
    size_t n = w->args[1] < MAX_POLLED ? w->args[1] : MAX_POLLED, kept = 0;

    if (n == 0 || !peek(w->tid, w->args[0], p, n * sizeof *p))
        return 0;
    for (size_t i = 0; i < n; i++)
        if (p[i].fd >= 0)
            v[kept++] =
                (struct polled){p[i].fd, p[i].events & (POLLIN | POLLPRI), p[i].events & POLLOUT};
    return kept;
}

static size_t read_fd_sets(const struct waiter *w, struct polled *v)
{
    fd_set sets[2];
    size_t n = 0;
    int nfds = (int)w->args[0] < FD_SETSIZE ? (int)w->args[0] : FD_SETSIZE;

    for (int k = 0; k < 2; k++) {
        /* The program's set may be shorter than ours: read only the words that count. */
        size_t bytes = (size_t)(nfds + 63) / 64 * 8;

        FD_ZERO(&sets[k]);
        if (w->args[1 + k] && !peek(w->tid, w->args[1 + k], &sets[k], bytes))
            return 0;
    }
    for (int fd = 0; fd < nfds && n < MAX_POLLED; fd++)
        if (FD_ISSET(fd, &sets[0]) || FD_ISSET(fd, &sets[1]))
            v[n++] = (struct polled){fd, FD_ISSET(fd, &sets[0]), FD_ISSET(fd, &sets[1])};
    return n;
}

/* "tfd:        5 events:       19 ..." lines of fdinfo */
static size_t read_epoll(const struct waiter *w, struct polled *v)
{
    char path[64], buf[4096];
    size_t n = 0;

    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", w->p->pid, (int)w->args[0]);
    if (gr_read_file(path, buf, sizeof buf) <= 0)
        return 0;
    for (const char *at = buf; n < MAX_POLLED && (at = strstr(at, "tfd:")); at++) {
        const char *events = strstr(at, "events:");
        unsigned long mask = events ? strtoul(events + 7, NULL, 16) : 0;

        v[n++] = (struct polled){atoi(at + 4), mask & POLLIN, mask & POLLOUT};
    }
    return n;
}

static void link_polled(const struct picture *pic, struct waiter *w, const struct polled *p)
{
    const struct open_fd *o = fd_of(pic, w->p->pid, p->fd);
    char target[64] = "", before[96];
    struct holders h = {.n = 0};

    if (!o || !p->in || !proc_fd_target(w->p->pid, p->fd, target, sizeof target))
        return;
    if (strncmp(target, "socket:", 7) == 0) {
        uint64_t peer = socket_peer(o->ino);

        if (peer)
            find_holders(pic, o->dev, peer, -1, w->p->pid, -1, &h);
    } else {
        find_holders(pic, o->dev, o->ino, O_WRONLY, w->p->pid, p->fd, &h);
    }
    snprintf(before, sizeof before, "polls fd %d while", p->fd);
    if (h.n > 0)
        put(&w->text, " The other end of fd %d is %s.", p->fd, h.words.buf);
    for (size_t i = 0; i < h.n && i < MAX_LINKS; i++)
        add_link(w, h.of[i].pid, before, "sends nothing and keeps the other end open");
}

void explain_many(const struct picture *pic, struct waiter *w)
{
    const struct waiting_call *c = find_call(w->nr);
    struct polled v[MAX_POLLED];
    bool selects = strcmp(c->name, "select") == 0;
    size_t n = c->fd_first ? read_epoll(w, v) : selects ? read_fd_sets(w, v) : read_pollfds(w, v);

    put(&w->text, "%s waits in %s() without a time limit", who_waits(w), c->name);
    for (size_t i = 0; i < n; i++)
        put(&w->text, "%s fd %d to be %s",
            i == 0       ? " for"
            : i + 1 == n ? " or"
                         : ",",
            v[i].fd,
            v[i].in && v[i].out ? "readable or writable"
            : v[i].out          ? "writable"
            : v[i].in           ? "readable"
                                : "closed by its peer");
    put(&w->text, n ? "; nothing happens on %s." : ", and on no descriptor that is known%s.",
        n > 1 ? "them"
        : n   ? "it"
              : "");
    for (size_t i = 0; i < n; i++)
        link_polled(pic, w, &v[i]);
}
