/* SPDX-License-Identifier: MIT */
/* The scene's event loop: what programs print is taken, what they are to get is given, and the
 * warden is heard, whatever a scenario waits for. */
#include "gr_peer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    TRICKLE_NS = 200000,
    MAX_PEERS = 512
}; /* how often to see whether the last piece was taken */

struct polled {
    struct pollfd v[3 * GR_MAX_PROCS + 4 + GR_MAX_LOGS + MAX_PEERS];
    nfds_t n;
};

static void close_fd(int *fd)
{
    if (*fd != -1)
        close(*fd);
    *fd = -1;
}

static void drain(struct gr_scene *s, int *fd, struct gr_buf *b);

void gr_forget_facts(struct gr_scene *s, enum gr_fact_kind kind)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->nfacts; i++)
        if (s->facts[i].kind != (uint32_t)kind)
            s->facts[kept++] = s->facts[i];
    s->nfacts = kept;
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
        s->warden_kib = (long)f.c;
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

static void add_log(struct gr_scene *s, int fd)
{
    s->logs = gr_xrealloc(s->logs, s->nlogs + 1, sizeof *s->logs);
    s->logs[s->nlogs++] = (struct gr_log){.fd = fd};
    if (gr_set_nonblock(fd) == -1)
        gr_scene_stop(s, GR_STOP_INFRA, "a Valgrind log: %s", strerror(errno));
}

static bool gather(struct gr_scene *s, struct polled *set);

/* A trickle's next piece may go: the last one was taken. */
static bool trickle_due(const struct gr_proc *p)
{
    int waiting = 0;

    return p->trickle && p->in != -1 && (p->feed_len > 0 || p->feed_close) &&
           ioctl(p->in, FIONREAD, &waiting) == 0 && waiting == 0;
}

/* The warden cannot see that it is the suite that is late: busy elsewhere, with input to give or
 * output to take, or having done so since the silence began at @since: its processes wait for us.
 */
static bool suite_is_late(struct gr_scene *s, int64_t since)
{
    struct polled set = {.n = 0};
    bool late = !s->waiting || s->moved_at >= since;

    gather(s, &set);
    if (poll(set.v, set.n, 0) == -1)
        set.n = 0;
    for (nfds_t i = 0; i < set.n; i++)
        late = late || (set.v[i].fd != s->sock && (set.v[i].revents & (POLLIN | POLLOUT)));
    for (size_t i = 0; i < s->nprocs; i++)
        late = late || trickle_due(&s->procs[i]);
    for (const struct gr_peer *p = s->peers; p; p = p->next)
        late = late || gr_peer_due(p);
    return late;
}

static void on_deadlock(struct gr_scene *s, const struct gr_msg *m)
{
    if (!suite_is_late(s, m->a)) {
        gr_scene_stop(s, GR_STOP_DEADLOCK, "every process waits, and none can go on");
        return;
    }
    gr_forget_facts(s, GR_FACT_WAIT);
    s->watch = -1; /* not armed: the next round of waiting asks for it again */
}

/* One process is where it was asked for (no time is told then), or nothing moves in the jail. */
static void on_blocked(struct gr_scene *s, const struct gr_msg *m)
{
    if (m->a == 0 || !suite_is_late(s, m->a))
        s->blocked_seen = true;
    s->watch = -1; /* said once: whoever waits asks again */
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
        on_blocked(s, m);
        break;
    case GR_EV_LIMIT:
        on_limit(s, m);
        break;
    case GR_EV_LOG:
        if (fd != -1 && s->vg)
            add_log(s, fd);
        else if (fd != -1)
            close(fd);
        return;
    case GR_EV_DEADLOCK:
        on_deadlock(s, m);
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

/* The jail went away by itself: say how, and what was said last. */
static void jail_died(struct gr_scene *s)
{
    int64_t deadline = gr_now_ms() + 5000;
    char how[64] = "for no known reason";
    int status = 0;

    s->jail_died = true;
    while (s->jail_err_fd != -1 && gr_now_ms() < deadline) { /* its end is the jail's end */
        struct pollfd p = {.fd = s->jail_err_fd, .events = POLLIN};

        if (poll(&p, 1, 100) == -1 && errno != EINTR)
            break;
        drain(s, &s->jail_err_fd, &s->jail_err);
    }
    if (s->jail_pid > 0 && waitpid(s->jail_pid, &status, s->jail_err_fd == -1 ? 0 : WNOHANG) > 0) {
        s->jail_pid = 0;
        snprintf(how, sizeof how, WIFSIGNALED(status) ? "by signal %d" : "with exit status %d",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    gr_scene_stop(s, GR_STOP_INFRA, "the jail ended in the middle of the test, %s%s%.180s", how,
                  s->jail_err.len ? ": " : "", gr_buf_text(&s->jail_err));
}

static void hear_warden(struct gr_scene *s)
{
    static struct gr_msg m;
    int fds[GR_MSG_FDS] = {-1};
    size_t nfds = 0;
    int got;

    while (s->sock != -1) {
        got = gr_msg_recv(s->sock, &m, fds, &nfds);
        if (got == -1 && errno == EAGAIN)
            return;
        /* Killed with a request of ours unread, it leaves a reset instead of an end. */
        if (got == 0 || (got == -1 && errno == ECONNRESET)) {
            close_fd(&s->sock);
            if (!s->ending)
                jail_died(s);
            return;
        }
        if (got == -1) {
            gr_scene_stop(s, GR_STOP_INFRA, "the warden's socket: %s", strerror(errno));
            close_fd(&s->sock);
            return;
        }
        on_message(s, &m, nfds > 0 ? fds[0] : -1);
        nfds = 0;
    }
}

/* Judge the whole lines of @log: several Valgrinds write at once, each its own stream. */
static void feed_log(struct gr_scene *s, struct gr_log *log, const char *data, size_t len)
{
    const char *nl = memrchr(data, '\n', len);
    size_t whole = nl ? (size_t)(nl - data) + 1 : 0;

    if (s->place->bare)
        return;
    if (whole || log->len + len >= sizeof log->rest) {
        whole = whole ? whole : len;
        gr_vg_feed(s->vg, log->rest, log->len);
        gr_vg_feed(s->vg, data, whole);
        log->len = 0;
    }
    memcpy(log->rest + log->len, data + whole, len - whole);
    log->len += len - whole;
}

/* One read at a time, so that what is kept of a line stays below its buffer. */
static void drain_log(struct gr_scene *s, struct gr_log *log)
{
    char chunk[4096];

    while (log->fd != -1) {
        ssize_t n = read(log->fd, chunk, sizeof chunk);

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1 && errno == EAGAIN)
            return;
        if (n <= 0) { /* ended, or reset by a process that died: what came, came */
            close_fd(&log->fd);
            gr_vg_feed(s->vg, log->rest, log->len);
            return;
        }
        feed_log(s, log, chunk, (size_t)n);
    }
}

/* Take what @fd has into @b. Closes it at the end. */
static void drain(struct gr_scene *s, int *fd, struct gr_buf *b)
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
        s->moved_at = gr_now_ms();
        gr_buf_add(b, chunk, (size_t)n);
        if (b->lost && b != &s->jail_err && b != &s->calls) {
            gr_scene_stop(s, GR_STOP_OUTPUT, "it printed more than %zu KiB", b->len / 1024);
            return;
        }
    }
}

/* Give @p the next of its input; a trickle only when it has taken the last piece. */
static void feed(struct gr_proc *p)
{
    size_t n = p->feed_len;
    ssize_t put;

    if (p->trickle && !trickle_due(p))
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
    if (put > 0)
        p->scene->moved_at = gr_now_ms();
    p->feed += put;
    p->feed_len -= (size_t)put;
    if (p->feed_len == 0 && p->feed_close)
        close_fd(&p->in);
}

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
    want(set, s->calls_fd, POLLIN);
    for (size_t i = 0; i < s->nlogs; i++)
        want(set, s->logs[i].fd, POLLIN);
    want(set, s->jail_err_fd, POLLIN);
    want(set, s->extra_fd, s->extra_events);
    for (size_t i = 0; i < s->nprocs; i++) {
        struct gr_proc *p = &s->procs[i];
        bool has = p->feed_len > 0 || p->feed_close;

        want(set, p->hold_output ? -1 : p->out, POLLIN);
        want(set, p->err, POLLIN);
        want(set, has && !p->trickle ? p->in : -1, POLLOUT);
        trickle = trickle || (p->trickle && has && p->in != -1);
    }
    for (struct gr_peer *p = s->peers; p && set->n < sizeof set->v / sizeof *set->v; p = p->next) {
        want(set, gr_peer_events(p) ? p->fd : -1, gr_peer_events(p));
        trickle = trickle || gr_peer_restless(p);
    }
    return trickle;
}

/* The net must not catch those who only waited for a processor: of the time in which somebody did,
 * a third counts. */
static bool wall_is_over(const struct gr_scene *s)
{
    int64_t past = gr_now_ms() - s->begun, stalled;

    if (past <= s->wall_ms)
        return false;
    stalled = gr_stalled_ms(GR_PRESSURE) - s->stalled;
    if (stalled > past)
        stalled = past;
    return past - stalled * 2 / 3 > s->wall_ms;
}

void gr_scene_pump(struct gr_scene *s, int timeout_ms)
{
    struct timespec ts = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    struct polled set = {.n = 0};

    if (gather(s, &set))
        ts = (struct timespec){.tv_nsec = TRICKLE_NS};
    if (ppoll(set.v, set.n, &ts, NULL) == -1 && errno != EINTR)
        gr_scene_stop(s, GR_STOP_INFRA, "poll: %s", strerror(errno));
    drain(s, &s->jail_err_fd, &s->jail_err);
    drain(s, &s->calls_fd, &s->calls);
    /* The warden first: what a program wrote before it ended is in its pipe by then. */
    hear_warden(s);
    for (size_t i = 0; i < s->nlogs; i++)
        drain_log(s, &s->logs[i]);
    for (size_t i = 0; i < s->nprocs; i++) {
        struct gr_proc *p = &s->procs[i];

        if (!p->hold_output)
            drain(s, &p->out, &p->outbuf);
        drain(s, &p->err, &p->errbuf);
        if (p->in != -1 && (p->feed_len > 0 || p->feed_close))
            feed(p);
    }
    for (struct gr_peer *p = s->peers; p; p = p->next)
        gr_peer_pump(p);
    if (s->stop == GR_GO && !s->ending && wall_is_over(s))
        gr_scene_stop(s, GR_STOP_WALL, "it was not done after %ld s",
                      (long)(gr_now_ms() - s->begun) / 1000);
}
