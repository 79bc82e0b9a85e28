/* SPDX-License-Identifier: MIT */
/* POSIX message queues and eventfd: objects with a count that a descriptor leads to. */
#include "explain.h"
#include "gr_io.h"

#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What /dev/mqueue/NAME says of a queue: `QSIZE:2 NOTIFY:0 SIGNO:0 NOTIFY_PID:7`. */
static long number_in(const char *name, const char *key)
{
    char path[300], buf[256];
    const char *at;

    snprintf(path, sizeof path, "/dev/mqueue%.250s", name);
    if (gr_read_file(path, buf, sizeof buf) <= 0 || !(at = strstr(buf, key)))
        return -1;
    return strtol(at + strlen(key), NULL, 10);
}

/* Its attributes now. Return: false if @fd is no message queue. */
static bool look(pid_t pid, int fd, struct mq_attr *attr)
{
    int copy = peek_fd(pid, fd);
    bool is_queue = copy != -1 && mq_getattr(copy, attr) == 0;

    if (copy != -1)
        close(copy);
    return is_queue;
}

static void put_fill(struct text *out, pid_t pid, int fd, const char *name, bool sends)
{
    struct mq_attr attr;
    long bytes = number_in(name, "QSIZE:");

    if (look(pid, fd, &attr))
        put(out, ", which is %s (%ld of %ld messages)", sends ? "full" : "empty", attr.mq_curmsgs,
            attr.mq_maxmsg);
    else
        put(out, ", which is %s", sends ? "full" : "empty");
    if (bytes > 0)
        put(out, " with %ld bytes in it", bytes);
}

/* A process that waits for a signal, and queues it has open in which something lies: it counts on
 * a notification that cannot come. */
void put_unread_queues(const struct picture *pic, struct waiter *w)
{
    for (size_t i = 0; i < pic->nfds; i++) {
        const struct open_fd *o = &pic->fds[i];
        struct mq_attr attr;
        char name[256];

        if (o->pid != w->p->pid || !proc_fd_target(o->pid, o->fd, name, sizeof name) ||
            strncmp(name, "/", 1) != 0 || strchr(name + 1, '/') || !look(o->pid, o->fd, &attr) ||
            attr.mq_curmsgs == 0)
            continue;
        put(&w->text, " %ld message%s in its queue %.60s (fd %d), and ", attr.mq_curmsgs,
            attr.mq_curmsgs == 1 ? " lies" : "s lie", name, o->fd);
        if (number_in(name, "NOTIFY_PID:") > 0)
            put(&w->text, "mq_notify() is asked for; but it tells only of a message that comes "
                          "into an empty queue.");
        else
            put(&w->text, "nobody has asked to be told of the next one: mq_notify() is for once.");
    }
}

void explain_mq(const struct picture *pic, struct waiter *w)
{
    bool sends = w->nr == SYS_mq_timedsend;
    int fd = (int)w->args[0];
    const struct open_fd *o = fd_of(pic, w->p->pid, fd);
    char name[256] = "?", before[96];
    struct holders h = {.n = 0};

    proc_fd_target(w->p->pid, fd, name, sizeof name);
    put(&w->text, "%s waits in %s(fd %d) on the queue %.100s", who_waits(w),
        sends ? "mq_send" : "mq_receive", fd, name);
    put_fill(&w->text, w->p->pid, fd, name, sends);
    if (o)
        find_holders(pic, o->dev, o->ino, sends ? O_RDONLY : O_WRONLY, w->p->pid, fd, &h);
    if (h.n == 0) {
        put(&w->text, ". No other process has it open to %s.", sends ? "receive" : "send");
        return;
    }
    put(&w->text, ". Open to %s: %s.", sends ? "receive" : "send", h.words.buf);
    snprintf(before, sizeof before, "waits in %s() on %.40s while",
             sends ? "mq_send" : "mq_receive", name);
    for (size_t i = 0; i < h.n && i < MAX_LINKS; i++)
        if (h.of[i].pid != w->p->pid)
            add_link(w, h.of[i].pid, before, sends ? "receives nothing" : "sends nothing");
}

void explain_eventfd(const struct picture *pic, struct waiter *w)
{
    int fd = (int)w->args[0];

    (void)pic;
    put(&w->text,
        "%s waits in %s(fd %d) on an eventfd whose counter is %s: another process must %s.",
        who_waits(w), w->nr == SYS_write ? "write" : "read", fd, w->nr == SYS_write ? "full" : "0",
        w->nr == SYS_write ? "read it" : "write to it");
}
