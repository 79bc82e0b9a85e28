/* SPDX-License-Identifier: MIT */
/* Raw peers at FIFOs. */
#include "gr_fifo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PUMP_MS = 500 };

struct putting {
    struct gr_scene *s;
    int fd, error;
    const char *data;
    size_t len;
};

static bool all_taken(void *arg)
{
    struct putting *p = arg;

    while (p->len > 0 && !p->error) {
        ssize_t put = write(p->fd, p->data, p->len);

        if (put == -1 && errno == EAGAIN)
            return false;
        if (put == -1 && errno != EINTR)
            p->error = errno;
        if (put > 0) {
            p->data += put;
            p->len -= (size_t)put;
            p->s->moved_at = gr_now_ms();
        }
    }
    return true;
}

bool gr_put_fd(struct gr_scene *s, int fd, const char *data, size_t len)
{
    struct putting p = {.s = s, .fd = fd, .data = data, .len = len};

    s->extra_fd = fd;
    s->extra_events = POLLOUT;
    gr_scene_wait(s, all_taken, &p, PUMP_MS);
    s->extra_fd = -1;
    s->extra_events = POLLIN;
    errno = p.error;
    return p.len == 0;
}

ssize_t gr_fill_fd(int fd, char byte, size_t room)
{
    long page = sysconf(_SC_PAGESIZE);
    size_t n = (size_t)page - room;
    char *text;
    ssize_t put;

    if (room >= (size_t)page) {
        errno = EINVAL;
        return -1;
    }
    if (fcntl(fd, F_SETPIPE_SZ, (int)page) == -1)
        return -1;
    text = gr_xcalloc(1, n);
    memset(text, byte, n);
    put = write(fd, text, n);
    free(text);
    return put;
}

static bool nobody_left(const struct gr_scene *s)
{
    for (size_t i = 0; i < s->nprocs; i++)
        if (!s->procs[i].ended)
            return false;
    return true;
}

struct opening {
    struct gr_scene *s;
    const char *path;
    int fd, error;
};

static bool reader_is_there(void *arg)
{
    struct opening *o = arg;

    o->fd = gr_jail_open(o->s, o->path, O_WRONLY, 0);
    o->error = o->fd == -1 ? errno : 0;
    return o->error != ENXIO || nobody_left(o->s);
}

int gr_wait_writer(struct gr_scene *s, const char *path)
{
    struct opening o = {.s = s, .path = path, .fd = -1};

    gr_scene_wait(s, reader_is_there, &o, 5); /* no poll() tells of a reader that comes */
    errno = o.error;
    return o.fd;
}

struct taking {
    struct gr_scene *s;
    int fd;
    struct gr_buf *b;
    size_t from;
    bool line, ended;
};

static bool has_line(const struct taking *t)
{
    return t->line && t->b->len > t->from &&
           memchr(t->b->data + t->from, '\n', t->b->len - t->from) != NULL;
}

static bool all_here(void *arg)
{
    struct taking *t = arg;
    char chunk[4096];
    ssize_t got = -1;

    while (!has_line(t) && (got = read(t->fd, chunk, sizeof chunk)) > 0) {
        gr_buf_add(t->b, chunk, (size_t)got);
        t->s->moved_at = gr_now_ms();
    }
    if (has_line(t))
        return true;
    t->ended = got == 0;
    /* Without a writer poll() would return at once, again and again. */
    t->s->extra_fd = got == 0 ? -1 : t->fd;
    return (t->ended && !t->line) || t->b->lost > 0 || (got <= 0 && nobody_left(t->s));
}

bool gr_wait_fd_line(struct gr_scene *s, int fd, struct gr_buf *b, size_t from)
{
    struct taking t = {.s = s, .fd = fd, .b = b, .from = from, .line = true};

    gr_scene_wait(s, all_here, &t, 20);
    s->extra_fd = -1;
    return has_line(&t);
}

bool gr_wait_fd_end(struct gr_scene *s, int fd, struct gr_buf *b)
{
    struct taking t = {.s = s, .fd = fd, .b = b};

    gr_scene_wait(s, all_here, &t, PUMP_MS);
    s->extra_fd = -1;
    return t.ended;
}

struct call_or_fd {
    struct gr_scene *s;
    size_t *at;
    const char *call, *part;
    struct gr_call *out;
    int fd;
    bool found;
};

static bool call_or_fd(void *arg)
{
    struct call_or_fd *c = arg;
    struct pollfd p = {.fd = c->fd, .events = POLLIN};

    while (!c->found && gr_calls_next(&c->s->calls, c->at, c->call, c->out))
        c->found = !c->part || memmem(c->out->args, c->out->args_len, c->part, strlen(c->part));
    return c->found || (poll(&p, 1, 0) == 1 && (p.revents & POLLIN)) || nobody_left(c->s);
}

bool gr_wait_call_or_fd(struct gr_scene *s, size_t *at, const char *call, const char *part,
                        struct gr_call *out, int fd)
{
    struct call_or_fd c = {s, at, call, part, out, fd, false};

    gr_scene_wait(s, call_or_fd, &c, 20);
    return c.found;
}
