/* SPDX-License-Identifier: MIT */
/* Lab 02, part 2B: seqc with the suite as its server. */
#include "02_fifos.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The server's FIFO, ours. */
static int be_server(struct gr_run *r)
{
    struct gr_scene *s = gr_scene(r);
    int fd = -1;

    if (gr_jail_mkdir(s, "d", 0700) == -1 || gr_jail_mkfifo(s, "d/seq", 0600) == -1 ||
        (fd = gr_jail_open(s, "d/seq", O_RDWR, 0)) == -1)
        gr_fail(r, GR_INFRA, "cannot make a FIFO in the jail: %s", strerror(errno));
    return fd;
}

static const char *own_fifo(const struct gr_proc *seqc)
{
    static char path[32];

    snprintf(path, sizeof path, "d/cl.%d", seqc->pid);
    return path;
}

/* Our end of the client's FIFO: it must be there, and open for reading. */
static int expect_open_fifo(struct gr_run *r, const struct gr_proc *seqc, const char *when)
{
    int fd;

    gr_expect(r, !seqc->ended, "seqc has ended before it got an answer: %.200s",
              gr_buf_text(&seqc->errbuf));
    fd = gr_jail_open(r->scene, own_fifo(seqc), O_WRONLY, 0);
    if (fd == -1 && errno == ENOENT)
        gr_fail(r, GR_FAIL,
                "%s its FIFO %s is not there yet: a fast server would find nobody to answer to. "
                "Make the FIFO and open it first",
                when, own_fifo(seqc));
    if (fd == -1 && errno == ENXIO)
        gr_fail(r, GR_FAIL,
                "%s seqc does not have its FIFO %s open yet: a fast server would get ENXIO and "
                "drop the answer. Open it first",
                when, own_fifo(seqc));
    gr_expect(r, fd != -1, "%s its FIFO %s cannot be opened: %s", when, own_fifo(seqc),
              strerror(errno));
    return fd;
}

static void expect_request(struct gr_run *r, int fd, const struct gr_proc *seqc, const char *len)
{
    char *want = gr_xasprintf("\n%d %s\n", seqc->pid, len);
    struct gr_buf b = {.cap = 4096};

    expect_came(r, gr_wait_fd_line(r->scene, fd, &b, 1),
                "no request came into d/seq from `%s` (written with stdio, and not flushed?)",
                seqc->command);
    gr_expect_bytes(r, "the request", gr_buf_text(&b), b.len, want, strlen(want));
    gr_buf_release(&b);
    free(want);
}

static void answer(struct gr_run *r, struct gr_proc *seqc, int fd, const char *text)
{
    gr_expect(r, gr_put_fd(r->scene, fd, text, strlen(text)),
              "seqc has closed its FIFO before the answer came");
    close(fd);
    gr_wait_exit(seqc);
    gr_expect_going(r);
    gr_expect_out(r, seqc, text);
    gr_expect_exit(r, seqc, 0);
    gr_expect_gone(r, own_fifo(seqc), "seqc");
}

static void end_server(struct gr_run *r, int fd)
{
    close(fd);
    gr_jail_unlink(r->scene, "d/seq");
    gr_jail_unlink(r->scene, "d");
}

/* The FIFO of the server has no room for a request: seqc stays in its write(), and all that it has
 * to do before is done. */
void seqc_opens_before_it_asks(struct gr_run *r)
{
    int fd = be_server(r), fifo;
    char filler[8192];
    struct gr_proc *p;
    ssize_t filled = gr_fill_fd(fd, '.', 4);

    if (filled == -1)
        gr_fail(r, GR_INFRA, "cannot fill a FIFO of the jail: %s", strerror(errno));
    p = gr_run_prog(r, &(struct gr_prog){.argv = (const char *const[]){"seqc", "d", "25", NULL},
                                         .set_umask = true});
    gr_wait_idle(r->scene);
    gr_expect_going(r);
    fifo = expect_open_fifo(r, p, "when seqc sends its request");
    gr_expect_mode(r, own_fifo(p), S_IFIFO, 0600, "seqc");
    if (read(fd, filler, sizeof filler) != filled)
        gr_fail(r, GR_FAIL, "seqc must send its request by one write()");
    expect_request(r, fd, p, "25");
    answer(r, p, fifo, "975..999\n");
    end_server(r, fd);
}

/* Two at once, answered in the other order, and late: read() returns 0 while nobody has the FIFO
 * open for writing. */
void seqc_waits_for_its_answer(struct gr_run *r)
{
    int fd = be_server(r), fifo;
    struct gr_proc *a = gr_run_args(r, NULL, "seqc", "d", "5", NULL), *b;

    expect_request(r, fd, a, "5");
    b = gr_run_args(r, NULL, "seqc", "d", "7", NULL);
    expect_request(r, fd, b, "7");
    if (!expect_sleep(r, b, "in read() or in poll() without a time limit"))
        return;
    gr_wait_idle(r->scene);
    gr_expect_going(r);
    if (a->ended || b->ended)
        gr_fail(r, GR_FAIL,
                "seqc has ended before its answer came. While no server has opened its FIFO, "
                "read() in O_NONBLOCK mode returns 0: that is not yet the end. It said: %.200s",
                gr_buf_text(&(a->ended ? a : b)->errbuf));
    fifo = expect_open_fifo(r, b, "while seqc waits");
    answer(r, b, fifo, "12345678901..12345678907\n");
    fifo = expect_open_fifo(r, a, "while seqc waits");
    answer(r, a, fifo, "0..4\n");
    end_server(r, fd);
}
