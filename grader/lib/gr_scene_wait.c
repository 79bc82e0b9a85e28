/* SPDX-License-Identifier: MIT */
/* Waiting for what can be observed: a line, an end, a blocked call. Never for time. */
#include "gr_peer.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PUMP_MS = 500 };

/* While the suite only waits, a jail in which nothing moves is a deadlock. */
static void set_watch(struct gr_scene *s, int how)
{
    if (s->watch == how || (s->place->bare && how != GR_WATCH_QUIET) || s->sock == -1)
        return;
    if (gr_scene_tell(s, (struct gr_order){.type = GR_REQ_WATCH, .value = how}) == 0)
        s->watch = how;
}

static bool pump_watching(struct gr_scene *s, int watch, bool (*done)(void *), void *arg,
                          int look_ms)
{
    bool yes;

    if (watch == GR_WATCH_QUIET)
        s->watch = -1; /* said once, it is not armed any more: ask again */
    s->waiting = true;
    s->moved_at = gr_now_ms();
    while (!(yes = done(arg)) && s->stop == GR_GO) {
        set_watch(s, watch);
        gr_scene_pump(s, look_ms);
    }
    s->waiting = false;
    return yes;
}

bool gr_scene_wait(struct gr_scene *s, bool (*done)(void *), void *arg, int look_ms)
{
    return pump_watching(s, GR_WATCH_HANG, done, arg, look_ms);
}

bool gr_scene_until(struct gr_scene *s, bool (*done)(void *), void *arg)
{
    return gr_scene_wait(s, done, arg, PUMP_MS);
}

static bool has_ended(void *arg)
{
    return ((struct gr_proc *)arg)->ended;
}

bool gr_wait_exit(struct gr_proc *p)
{
    bool yes = gr_scene_until(p->scene, has_ended, p);

    if (yes)
        gr_scene_pump(p->scene, 0); /* the last of its output lies in the pipes */
    return yes && p->scene->stop == GR_GO;
}

bool gr_wait_all(struct gr_scene *s)
{
    for (size_t i = 0; i < s->nprocs; i++)
        if (!gr_wait_exit(&s->procs[i]))
            return false;
    return true;
}

struct line_wait {
    struct gr_proc *p;
    bool err;
    const char *line;
};

static bool has_line(void *arg)
{
    struct line_wait *lw = arg;
    const struct gr_buf *b = lw->err ? &lw->p->errbuf : &lw->p->outbuf;
    const char *text = gr_buf_text(b), *end = text + b->len; /* NUL bytes may be among it */
    size_t n = strlen(lw->line);

    for (const char *at = text; (at = memmem(at, (size_t)(end - at), lw->line, n)); at++)
        if ((at == text || at[-1] == '\n') && at[n] == '\n')
            return true;
    return false;
}

static bool has_line_or_ended(void *arg)
{
    return has_line(arg) || ((struct line_wait *)arg)->p->ended;
}

bool gr_wait_line(struct gr_proc *p, bool err, const char *line)
{
    struct line_wait lw = {p, err, line};

    gr_scene_until(p->scene, has_line_or_ended, &lw);
    if (!has_line(&lw))
        gr_scene_pump(p->scene, 0);
    return has_line(&lw);
}

/* Return: 0 or an errno. */
static int send_signal(struct gr_scene *s, int pid, int sig)
{
    return gr_scene_order(s, (struct gr_order){.type = GR_REQ_SIGNAL, .pid = pid, .value = sig});
}

struct call_wait {
    const struct gr_scene *s;
    size_t *at;
    const char *call, *part;
    struct gr_call *out;
    bool found;
};

static bool has_call(void *arg)
{
    struct call_wait *cw = arg;

    while (!cw->found && gr_calls_next(&cw->s->calls, cw->at, cw->call, cw->out))
        cw->found =
            !cw->part || memmem(cw->out->args, cw->out->args_len, cw->part, strlen(cw->part));
    return cw->found;
}

static bool has_call_or_all_ended(void *arg)
{
    const struct gr_scene *s = ((struct call_wait *)arg)->s;
    bool alive = false;

    for (size_t i = 0; i < s->nprocs; i++)
        alive = alive || !s->procs[i].ended;
    return has_call(arg) || !alive;
}

bool gr_wait_call(struct gr_scene *s, size_t *at, const char *call, const char *part,
                  struct gr_call *out)
{
    struct call_wait cw = {s, at, call, part, out, false};

    gr_scene_until(s, has_call_or_all_ended, &cw);
    if (!has_call(&cw))
        gr_scene_pump(s, 0);
    return has_call(&cw);
}

struct bytes_wait {
    struct gr_proc *p;
    size_t n;
};

static bool has_bytes(void *arg)
{
    struct bytes_wait *bw = arg;

    return bw->p->outbuf.len >= bw->n || bw->p->ended;
}

bool gr_wait_bytes(struct gr_proc *p, size_t n)
{
    struct bytes_wait bw = {p, n};

    gr_scene_until(p->scene, has_bytes, &bw);
    return p->outbuf.len >= n;
}

static bool blocked_or_ended(void *arg)
{
    struct gr_proc *p = arg;

    return p->scene->blocked_seen || p->ended;
}

bool gr_wait_blocked(struct gr_proc *p, long nr, int fd)
{
    const struct gr_order o = {
        .type = GR_REQ_BLOCKED, .pid = p->pid, .value = (int32_t)nr, .a = fd};
    struct gr_scene *s = p->scene;

    if (s->stop != GR_GO || s->sock == -1)
        return false;
    s->blocked_seen = false;
    if (gr_scene_tell(s, o) == -1)
        gr_scene_stop(s, GR_STOP_INFRA, "the warden does not listen: %s", strerror(errno));
    gr_scene_until(s, blocked_or_ended, p);
    return s->blocked_seen;
}

bool gr_wait_asleep(struct gr_proc *p)
{
    return gr_wait_blocked(p, GR_ANY_CALL, -1);
}

bool gr_all_ended(const struct gr_scene *s)
{
    for (size_t i = 0; i < s->nprocs; i++)
        if (!s->procs[i].ended)
            return false;
    return true;
}

static bool stuck_or_ended(void *arg)
{
    const struct gr_scene *s = arg;

    return s->blocked_seen || gr_all_ended(s);
}

bool gr_wait_stuck(struct gr_scene *s)
{
    s->blocked_seen = false;
    pump_watching(s, GR_WATCH_QUIET, stuck_or_ended, s, PUMP_MS);
    return s->blocked_seen;
}

static bool childless_or_stuck(void *arg)
{
    struct gr_scene *s = arg;

    return gr_jail_processes(s) == 0 || stuck_or_ended(s);
}

bool gr_wait_childless(struct gr_scene *s)
{
    s->blocked_seen = false;
    pump_watching(s, GR_WATCH_QUIET, childless_or_stuck, s, PUMP_MS);
    return gr_jail_processes(s) == 0;
}

/* What was said of stillness before now must not count: the warden answers in order, so after an
 * answer nothing old is under way. */
static void forget_stillness(struct gr_scene *s)
{
    if (s->sock == -1 || s->stop != GR_GO)
        return;
    set_watch(s, GR_WATCH_LIMITS);
    send_signal(s, 0, 0); /* to nobody */
    s->blocked_seen = false;
    s->watch = -1;
}

struct still_wait {
    struct gr_scene *s;
    bool (*done)(void *);
    void *arg;
};

static bool done_or_still(void *arg)
{
    const struct still_wait *w = arg;

    return w->done(w->arg) || stuck_or_ended(w->s);
}

bool gr_wait_or_still(struct gr_scene *s, bool (*done)(void *), void *arg)
{
    struct still_wait w = {s, done, arg};

    forget_stillness(s);
    pump_watching(s, GR_WATCH_QUIET, done_or_still, &w, PUMP_MS);
    gr_scene_pump(s, 0); /* the last lines lie in the pipes */
    return done(arg);
}

struct fd_wait {
    struct gr_scene *s;
    int fd;
    char *buf;
    size_t len, n;
};

static bool fd_has(void *arg)
{
    struct fd_wait *fw = arg;
    ssize_t got = read(fw->fd, fw->buf + fw->len, fw->n - fw->len);

    if (got > 0)
        fw->len += (size_t)got;
    /* Without a writer poll() would return at once, again and again. */
    fw->s->extra_fd = got == 0 ? -1 : fw->fd;
    return fw->len == fw->n || (got <= 0 && gr_all_ended(fw->s));
}

bool gr_wait_fd(struct gr_scene *s, int fd, char *buf, size_t n)
{
    struct fd_wait fw = {s, fd, buf, 0, n};

    gr_scene_until(s, fd_has, &fw);
    s->extra_fd = -1;
    return fw.len == n;
}

struct quiet_wait {
    struct gr_scene *s;
    bool (*done)(void *);
    void *arg;
    bool came;
};

static bool came_or_stuck(void *arg)
{
    struct quiet_wait *qw = arg;

    qw->came = qw->done(qw->arg);
    return qw->came || stuck_or_ended(qw->s);
}

bool gr_wait_quiet(struct gr_scene *s, int ms, bool (*done)(void *), void *arg)
{
    struct quiet_wait qw = {s, done, arg, false};

    s->blocked_seen = false;
    pump_watching(s, GR_WATCH_QUIET, came_or_stuck, &qw, ms);
    if (!qw.came && s->stop == GR_GO) {
        gr_scene_pump(s, 0); /* what was said last lies in the pipes */
        qw.came = done(arg);
    }
    return qw.came;
}

bool gr_wait_output(struct gr_proc *p, size_t n)
{
    struct bytes_wait bw = {p, n};

    return gr_wait_quiet(p->scene, PUMP_MS, has_bytes, &bw) && p->outbuf.len >= n;
}

int gr_signal(struct gr_proc *p, int sig)
{
    errno = send_signal(p->scene, p->pid, sig);
    return errno ? -1 : 0;
}

static bool has_taken(void *arg)
{
    const struct gr_proc *p = arg;

    return p->feed_len == 0 || p->in == -1 || p->ended;
}

void gr_send(struct gr_proc *p, const char *data, size_t len)
{
    gr_scene_until(p->scene, has_taken, p); /* the last piece is still the caller's */
    if (p->in == -1)
        return; /* it closed its stdin, or ended: nobody takes it any more */
    p->feed = data;
    p->feed_len = len;
    gr_scene_pump(p->scene, 0);
}

void gr_close_input(struct gr_proc *p)
{
    p->feed_close = true;
    gr_scene_pump(p->scene, 0);
}

void gr_release_output(struct gr_proc *p)
{
    p->hold_output = false;
    gr_scene_pump(p->scene, 0);
}
