/* SPDX-License-Identifier: MIT */
/* Names for processes, and who holds which descriptor. */
#include "explain.h"
#include "gr_io.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void put(struct text *t, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(t->buf + t->len, sizeof t->buf - t->len, fmt, ap);
    va_end(ap);
    if (n > 0)
        t->len += (size_t)n < sizeof t->buf - t->len ? (size_t)n : sizeof t->buf - t->len - 1;
}

/* The program Valgrind runs: the first of its arguments that is no option. */
static bool valgrind_program(pid_t pid, char *name, size_t len)
{
    char path[64], buf[8192];
    ssize_t n;

    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    n = gr_read_file(path, buf, sizeof buf);
    for (ssize_t at = n > 0 ? (ssize_t)strlen(buf) + 1 : 0; at < n;
         at += (ssize_t)strlen(buf + at) + 1)
        if (buf[at] && buf[at] != '-') {
            const char *slash = strrchr(buf + at, '/');

            snprintf(name, len, "%s", slash ? slash + 1 : buf + at);
            return true;
        }
    return false;
}

void proc_name(const struct proc *p, char *name, size_t len)
{
    if (!under_valgrind(p->pid) || !valgrind_program(p->pid, name, len))
        snprintf(name, len, "%s", p->comm);
}

static char *next_buffer(size_t *len)
{
    static char bufs[8][96];
    static unsigned turn;

    *len = sizeof bufs[0];
    return bufs[turn++ % 8];
}

const char *who(const struct picture *pic, pid_t pid)
{
    size_t len;
    char name[32], *buf = next_buffer(&len);

    for (size_t i = 0; i < pic->t->n; i++)
        if (pic->t->p[i].pid == pid) {
            proc_name(&pic->t->p[i], name, sizeof name);
            snprintf(buf, len, "%s (pid %d)", name, pid);
            return buf;
        }
    for (size_t i = 0; i < pic->n; i++)
        if (pic->waiters[i].tid == pid)
            return who_waits(&pic->waiters[i]);
    snprintf(buf, len, "pid %d", pid);
    return buf;
}

const char *who_waits(const struct waiter *w)
{
    size_t len;
    char name[32], *buf = next_buffer(&len);

    proc_name(w->p, name, sizeof name);
    if (w->tid == w->p->pid)
        snprintf(buf, len, "%s (pid %d)", name, w->p->pid);
    else
        snprintf(buf, len, "%s (pid %d, thread %d)", name, w->p->pid, w->tid);
    return buf;
}

void add_link(struct waiter *w, pid_t to, const char *before, const char *after)
{
    struct link *l = &w->links[w->nlinks];

    for (size_t i = 0; i < w->nlinks; i++)
        if (w->links[i].to == to)
            return;
    if (w->nlinks == MAX_LINKS)
        return;
    w->nlinks++;
    l->to = to;
    snprintf(l->before, sizeof l->before, "%s", before);
    snprintf(l->after, sizeof l->after, "%s", after);
}

void add_thread_link(struct waiter *w, pid_t to, const char *before, const char *after)
{
    size_t n = w->nlinks;

    add_link(w, to, before, after);
    if (w->nlinks > n)
        w->links[n].thread = true;
}

static void add_fds_of(struct picture *pic, pid_t pid)
{
    char dir[64], path[128];
    struct dirent *e;
    DIR *d;

    snprintf(dir, sizeof dir, "/proc/%d/fd", live_task(pid));
    d = opendir(dir);
    while (d && (e = readdir(d)) && pic->nfds < MAX_FDS) {
        struct stat st;

        snprintf(path, sizeof path, "%s/%.20s", dir, e->d_name);
        if (!isdigit((unsigned char)e->d_name[0]) || stat(path, &st) == -1)
            continue;
        pic->fds[pic->nfds++] = (struct open_fd){.pid = pid,
                                                 .fd = atoi(e->d_name),
                                                 .mode = -1,
                                                 .dev = (uint64_t)st.st_dev,
                                                 .ino = (uint64_t)st.st_ino};
    }
    if (d)
        closedir(d);
}

void picture_fds(struct picture *pic)
{
    pic->nfds = 0;
    for (size_t i = 0; i < pic->t->n; i++)
        add_fds_of(pic, pic->t->p[i].pid);
}

const struct open_fd *fd_of(const struct picture *pic, pid_t pid, int fd)
{
    for (size_t i = 0; i < pic->nfds; i++)
        if (pic->fds[i].pid == pid && pic->fds[i].fd == fd)
            return &pic->fds[i];
    return NULL;
}

void find_holders(const struct picture *pic, uint64_t dev, uint64_t ino, int mode, pid_t self_pid,
                  int self_fd, struct holders *h)
{
    *h = (struct holders){.n = 0};
    for (size_t i = 0; i < pic->nfds; i++) {
        const struct open_fd *o = &pic->fds[i];
        int m;

        if (o->dev != dev || o->ino != ino || (o->pid == self_pid && o->fd == self_fd))
            continue;
        m = mode == -1 ? -1 : proc_fd_mode(o->pid, o->fd);
        if (m != mode && m != O_RDWR)
            continue;
        if (h->n < 5)
            put(&h->words, "%sfd %d of %s%s", h->n ? ", " : "", o->fd, who(pic, o->pid),
                o->pid == self_pid ? " itself" : "");
        if (h->n < MAX_LINKS) {
            h->of[h->n].pid = o->pid;
            h->of[h->n].fd = o->fd;
        }
        h->n++;
    }
    if (h->n > 5)
        put(&h->words, " and %zu more", h->n - 5);
}
