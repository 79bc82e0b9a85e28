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

static void put_fill(struct text *out, pid_t pid, int fd, bool sends)
{
    struct mq_attr attr;
    int copy = peek_fd(pid, fd);

    if (copy != -1 && mq_getattr(copy, &attr) == 0)
        put(out, ", which is %s (%ld of %ld messages)", sends ? "full" : "empty", attr.mq_curmsgs,
            attr.mq_maxmsg);
    else
        put(out, ", which is %s", sends ? "full" : "empty");
    if (copy != -1)
        close(copy);
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
    put_fill(&w->text, w->p->pid, fd, sends);
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
