/* SPDX-License-Identifier: MIT */
/* Lab 02, part 2B: raw clients of seqd, whose moves the suite makes itself. */
#include "02_fifos.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *raw_path(unsigned n)
{
    static char path[32];

    snprintf(path, sizeof path, "d/cl.%u", RAW_PID + n);
    return path;
}

/* The FIFO of raw client @n, open as @flags say. */
int raw_client(struct gr_run *r, unsigned n, int flags)
{
    int fd = -1;

    if (gr_jail_mkfifo(r->scene, raw_path(n), 0600) == -1 ||
        (fd = gr_jail_open(r->scene, raw_path(n), flags, 0)) == -1)
        gr_fail(r, GR_INFRA, "cannot make a FIFO in the jail: %s", strerror(errno));
    return fd;
}

void raw_gone(struct gr_run *r, unsigned n, int fd)
{
    close(fd);
    gr_jail_unlink(r->scene, raw_path(n));
}

/* Into the server's FIFO, which raw clients share. */
int raw_requests(struct gr_run *r)
{
    int fd = gr_wait_writer(r->scene, "d/seq");

    gr_expect(r, fd != -1,
              "seqd has printed READY, and its FIFO d/seq cannot be opened for writing: %s",
              strerror(errno));
    return fd;
}

void raw_put(struct gr_run *r, int fd, const char *text)
{
    gr_put_fd(r->scene, fd, text, strlen(text)); /* nobody reads: then no answer comes */
    gr_expect_going(r);
}

void raw_ask(struct gr_run *r, int wfd, unsigned n, unsigned len)
{
    char text[64];

    snprintf(text, sizeof text, "\n%u %u\n", RAW_PID + n, len);
    raw_put(r, wfd, text);
}

/* The line that comes back; @seqd NULL: it has ended as it should. */
void expect_answer(struct gr_run *r, struct gr_proc *seqd, int rfd, const char *want,
                   const char *after)
{
    struct gr_buf b = {.cap = 4096};
    bool came = gr_wait_fd_line(r->scene, rfd, &b, 0);

    expect_alive(r, seqd, after);
    expect_came(r, came, "no answer came after %s", after);
    if (b.len != strlen(want) || memcmp(gr_buf_text(&b), want, b.len) != 0) {
        char *what = gr_xasprintf("the answer after %s", after);

        gr_expect_bytes(r, what, gr_buf_text(&b), b.len, want, strlen(want));
    }
    gr_buf_release(&b);
}
