/* SPDX-License-Identifier: MIT */
/* Pipes and FIFOs: reading, writing, and the open() of a FIFO that waits for its other side. */
#include "explain.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void pipe_name(const struct waiter *w, int fd, char *buf, size_t len)
{
    char target[PATH_MAX];

    if (!proc_fd_target(w->p->pid, fd, target, sizeof target) || strncmp(target, "pipe:", 5) == 0)
        snprintf(buf, len, "the pipe");
    else
        snprintf(buf, len, "the FIFO %.120s", target);
}

static void link_holders(struct waiter *w, const struct holders *h, const char *before,
                         const char *after)
{
    char with_fd[96];

    for (size_t i = 0; i < h->n && i < MAX_LINKS; i++) {
        snprintf(with_fd, sizeof with_fd, "%s (fd %d)", after, h->of[i].fd);
        add_link(w, h->of[i].pid, before, with_fd);
    }
}

static bool only_itself(const struct waiter *w, const struct holders *h)
{
    for (size_t i = 0; i < h->n && i < MAX_LINKS; i++)
        if (h->of[i].pid != w->p->pid)
            return false;
    return h->n > 0;
}

static void explain_reader(struct waiter *w, const struct holders *h, int fd, const char *what)
{
    char before[96];

    put(&w->text, "%s waits in read(fd %d) for data or the end of file from %s. ", who_waits(w), fd,
        what);
    if (h->n == 0) {
        put(&w->text, "No process in the jail holds the write end; the grader does, and it has "
                      "nothing more to send before the program answers.");
        return;
    }
    put(&w->text, "Its write end is still open: %s. ", h->words.buf);
    if (h->n == 1 && h->of[0].fd == fd && h->of[0].pid == w->p->pid)
        put(&w->text,
            "It was opened with O_RDWR, so the reader is the only writer, too, and no end "
            "of file can come.");
    else if (only_itself(w, h))
        put(&w->text, "So the reader waits for itself: it must close() its own copy of the write "
                      "end before it reads.");
    else
        put(&w->text, "read() sees no end of file before every copy of the write end is closed: "
                      "whoever needs it no more must close() it.");
    snprintf(before, sizeof before, "reads fd %d and sees no end of file while", fd);
    link_holders(w, h, before, "holds the write end");
}

static void explain_writer(struct waiter *w, const struct holders *h, int fd, const char *what)
{
    char before[96];

    put(&w->text, "%s waits in write(fd %d): %s is full. ", who_waits(w), fd, what);
    if (h->n == 0) {
        put(&w->text, "Its read end is outside of the jail: the grader holds it and does not read "
                      "now.");
        return;
    }
    put(&w->text, "Its read end is %s%s. ", h->n > 1 ? "held as " : "", h->words.buf);
    if (only_itself(w, h))
        put(&w->text, "So nobody else can ever read it, and write() cannot fail with EPIPE either: "
                      "close() the read end in the writer.");
    else
        put(&w->text, "It must be read, or closed, before write() can go on.");
    snprintf(before, sizeof before, "writes to fd %d, which is full because", fd);
    link_holders(w, h, before, "does not read it");
}

void explain_pipe(const struct picture *pic, struct waiter *w, const struct open_fd *o)
{
    bool writes = w->nr == SYS_write || w->nr == SYS_writev;
    struct holders h;
    char what[160];

    pipe_name(w, o->fd, what, sizeof what);
    find_holders(pic, o->dev, o->ino, writes ? O_RDONLY : O_WRONLY, w->p->pid, -1, &h);
    if (writes)
        explain_writer(w, &h, o->fd, what);
    else
        explain_reader(w, &h, o->fd, what);
}

struct opening {
    char path[PATH_MAX]; /* as the program said it */
    int flags;
    struct stat st;
    bool known;
};

static bool opens(long nr)
{
    const struct waiting_call *c = find_call(nr);

    return c && strcmp(c->name, "open") == 0;
}

static void read_opening(const struct waiter *w, struct opening *o)
{
    int at = w->nr == SYS_openat; /* its first argument is a folder */
    char full[2 * PATH_MAX];

    *o = (struct opening){.flags = (int)w->args[1 + at] & O_ACCMODE};
    if (!peek_string(w->tid, w->args[at], o->path, sizeof o->path))
        return;
    if (o->path[0] == '/')
        snprintf(full, sizeof full, "%s", o->path);
    else if (!at || (int)w->args[0] == AT_FDCWD)
        snprintf(full, sizeof full, "/proc/%d/cwd/%s", w->p->pid, o->path);
    else
        snprintf(full, sizeof full, "/proc/%d/fd/%d/%s", w->p->pid, (int)w->args[0], o->path);
    o->known = stat(full, &o->st) == 0;
}

static bool same_file(const struct opening *a, const struct opening *b)
{
    return a->known && b->known && a->st.st_dev == b->st.st_dev && a->st.st_ino == b->st.st_ino;
}

static const char *mode_word(int flags)
{
    return flags == O_WRONLY ? "O_WRONLY" : "O_RDONLY";
}

/* What the other tasks that wait in open() tell about this wait. */
static void compare_openings(const struct picture *pic, struct waiter *w, const struct opening *o)
{
    static struct opening other;
    char before[96];

    for (size_t i = 0; i < pic->n; i++) {
        const struct waiter *v = &pic->waiters[i];

        if (v == w || v->p->pid == w->p->pid || !opens(v->nr))
            continue;
        read_opening(v, &other);
        if (same_file(o, &other)) {
            put(&w->text, " %s opens it %s, too: one of them must open the other side.",
                who_waits(v), mode_word(other.flags));
            return;
        }
        if (!other.known)
            continue;
        put(&w->text,
            " %s waits in open(\"%.80s\", %s) meanwhile: both programs must open the two FIFOs "
            "in the same order.",
            who_waits(v), other.path, mode_word(other.flags));
        snprintf(before, sizeof before, "waits in open(\"%.40s\", %s) while", o->path,
                 mode_word(o->flags));
        add_link(w, v->tid, before, "has not opened the other side of it");
        return;
    }
}

void explain_open(const struct picture *pic, struct waiter *w)
{
    static struct opening o;
    struct holders h;

    read_opening(w, &o);
    if (!o.known) {
        put(&w->text,
            "%s waits in open(). Opening a FIFO waits until its other side is opened, too.",
            who_waits(w));
        return;
    }
    put(&w->text, "%s waits in open(\"%.120s\", %s): ", who_waits(w), o.path, mode_word(o.flags));
    put(&w->text, o.flags == O_WRONLY
                      ? "opening a FIFO for writing waits until some process opens it for reading"
                      : "opening a FIFO for reading waits until some process opens it for writing");
    find_holders(pic, (uint64_t)o.st.st_dev, (uint64_t)o.st.st_ino, -1, 0, -1, &h);
    put(&w->text, h.n ? " (open now: %s)." : ", and nobody does.%s", h.words.buf);
    compare_openings(pic, w, &o);
}
