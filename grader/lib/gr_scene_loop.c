/* SPDX-License-Identifier: MIT */
/* The scene's event loop: what programs print is taken, what they are to get is given, and the
 * warden is heard, whatever a scenario waits for. */
#include "gr_scene.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { TRICKLE_NS = 200000 }; /* how often to see whether the last piece was taken */

static void close_fd(int *fd)
{
    if (*fd != -1)
        close(*fd);
    *fd = -1;
}

static void on_fact(struct gr_scene *s, const struct gr_msg *m)
{
    struct gr_fact f;

    if (m->len != sizeof f)
        return;
    memcpy(&f, m->payload, sizeof f);
    f.name[sizeof f.name - 1] = f.text[sizeof f.text - 1] = '\0';
    if (f.kind == GR_FACT_USAGE) {
        s->cpu_ms = (long)f.a;
        s->warden_ms = (long)f.b;
    } else if (s->nfacts < GR_MAX_FACTS) {
        s->facts[s->nfacts++] = f;
    }
}

static void on_exit_event(struct gr_scene *s, const struct gr_msg *m)
{
    struct gr_proc *p = m->id < s->nprocs ? &s->procs[m->id] : NULL;

    if (!p)
        return;
    p->ended = true;
    p->status = m->value;
    p->cpu_ms = (long)m->a;
    /* Under Valgrind the kernel's name of a process is the tool's, until an untraced exec. */
    p->execed = m->len > 0 && m->payload[0] && p->lens == GR_MEMCHECK_LENS &&
                strncmp(m->payload, "memcheck", 8) != 0;
}

static void on_limit(struct gr_scene *s, const struct gr_msg *m)
{
    if (m->value == GR_LIMIT_MEM)
        gr_scene_stop(s, GR_STOP_MEM, "its processes held %ld MiB of memory together",
                      (long)(m->b / 1024));
    else
        gr_scene_stop(s, GR_STOP_CPU, "its processes used %.1f s of processor time together",
                      (double)m->a / 1000);
}

static void on_message(struct gr_scene *s, const struct gr_msg *m, int fd)
{
    switch (m->type) {
    case GR_EV_HELLO:
        s->warden_up = true;
        break;
    case GR_EV_EXIT:
        on_exit_event(s, m);
        break;
    case GR_EV_BLOCKED:
        s->blocked_seen = true;
        break;
    case GR_EV_LIMIT:
        on_limit(s, m);
        break;
    case GR_EV_DEADLOCK:
        gr_scene_stop(s, GR_STOP_DEADLOCK, "every process waits, and none can go on");
        break;
    case GR_EV_FACT:
    case GR_REP_FACT:
        on_fact(s, m);
        break;
    case GR_REP_DONE:
        memcpy(s->reply, m, GR_MSG_HEAD + m->len);
        s->reply_seen = true;
        s->reply_fd = fd;
        return;
    default:
        break;
    }
    if (fd != -1)
        close(fd);
}

static void hear_warden(struct gr_scene *s)
{
    static struct gr_msg m;
    int fds[GR_MSG_FDS] = {-1};
    size_t nfds = 0;
    int got;

    while (s->sock != -1 && (got = gr_msg_recv(s->sock, &m, fds, &nfds)) != -1) {
        if (got == 0) {
            close_fd(&s->sock);
            if (!s->finished && s->stop == GR_GO)
                gr_scene_stop(s, GR_STOP_INFRA, "the warden ended: %.180s",
                              gr_buf_text(&s->jail_err));
            return;
        }
        on_message(s, &m, nfds > 0 ? fds[0] : -1);
        nfds = 0;
    }
    if (s->sock != -1 && errno != EAGAIN) {
        gr_scene_stop(s, GR_STOP_INFRA, "the warden's socket: %s", strerror(errno));
        close_fd(&s->sock);
    }
}

/* Take what @fd has into @b, or into Valgrind's evidence. Closes it at the end. */
static void drain(struct gr_scene *s, int *fd, struct gr_buf *b, bool is_log)
{
    static char chunk[65536];

    while (*fd != -1) {
        ssize_t n = read(*fd, chunk, sizeof chunk);

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1 && errno == EAGAIN)
            return;
        if (n <= 0) {
            close_fd(fd);
            return;
        }
        if (is_log && !s->place->bare)
            gr_vg_feed(s->vg, chunk, (size_t)n);
        gr_buf_add(b, chunk, (size_t)n);
        if (b->lost && !is_log && b != &s->jail_err && b != &s->calls) {
            gr_scene_stop(s, GR_STOP_OUTPUT, "it printed more than %zu KiB", b->len / 1024);
            return;
        }
    }
}

/* Give @p the next of its input; a trickle only when it has taken the last piece. */
static void feed(struct gr_proc *p)
{
    size_t n = p->feed_len;
    int waiting = 0;
    ssize_t put;

    if (p->trickle && (ioctl(p->in, FIONREAD, &waiting) == -1 || waiting > 0))
        return;
    if (p->trickle && n > 3)
        n = 1 + p->feed_len % 3;
    put = n ? write(p->in, p->feed, n) : 0;
    if (put == -1 && (errno == EAGAIN || errno == EINTR))
        return;
    if (put == -1) { /* it closed its stdin: nothing more to give, and no fault of ours */
        p->feed_len = 0;
        close_fd(&p->in);
        return;
    }
    p->feed += put;
    p->feed_len -= (size_t)put;
    if (p->feed_len == 0 && p->feed_close)
        close_fd(&p->in);
}

struct polled {
    struct pollfd v[3 * GR_MAX_PROCS + 5];
    nfds_t n;
};

static void want(struct polled *set, int fd, short events)
{
    if (fd != -1)
        set->v[set->n++] = (struct pollfd){.fd = fd, .events = events};
}

/* Fill the poll set. Return: whether a trickle waits to be taken, which no poll() can tell. */
static bool gather(struct gr_scene *s, struct polled *set)
{
    bool trickle = false;

    want(set, s->sock, POLLIN);
    want(set, s->log_fd, POLLIN);
    want(set, s->calls_fd, POLLIN);
    want(set, s->jail_err_fd, POLLIN);
    want(set, s->extra_fd, POLLIN);
    for (size_t i = 0; i < s->nprocs; i++) {
        struct gr_proc *p = &s->procs[i];
        bool has = p->feed_len > 0 || p->feed_close;

        want(set, p->hold_output ? -1 : p->out, POLLIN);
        want(set, p->err, POLLIN);
        want(set, has && !p->trickle ? p->in : -1, POLLOUT);
        trickle = trickle || (p->trickle && has && p->in != -1);
    }
    return trickle;
}

void gr_scene_pump(struct gr_scene *s, int timeout_ms)
{
    struct timespec ts = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    struct polled set = {.n = 0};

    if (gather(s, &set))
        ts = (struct timespec){.tv_nsec = TRICKLE_NS};
    if (ppoll(set.v, set.n, &ts, NULL) == -1 && errno != EINTR)
        gr_scene_stop(s, GR_STOP_INFRA, "poll: %s", strerror(errno));
    drain(s, &s->jail_err_fd, &s->jail_err, false);
    drain(s, &s->log_fd, &s->log, true);
    drain(s, &s->calls_fd, &s->calls, false);
    /* The warden first: what a program wrote before it ended is in its pipe by then. */
    hear_warden(s);
    for (size_t i = 0; i < s->nprocs; i++) {
        struct gr_proc *p = &s->procs[i];

        if (!p->hold_output)
            drain(s, &p->out, &p->outbuf, false);
        drain(s, &p->err, &p->errbuf, false);
        if (p->in != -1 && (p->feed_len > 0 || p->feed_close))
            feed(p);
    }
    if (s->stop == GR_GO && !s->finished && gr_now_ms() > s->deadline)
        gr_scene_stop(s, GR_STOP_WALL, "it was not done after %ld s", s->wall_ms / 1000);
}
