/* SPDX-License-Identifier: MIT */
/*
 * duplex OUT IN: a line in both directions over two FIFOs.
 *
 * Own input goes into OUT, what comes out of IN to own output; the peer runs
 * `duplex IN OUT`. Both would wait for ever if each opened its OUT first and
 * waited for a reader. So IN is opened first, and without waiting: then the
 * peer finds a reader, wherever it is. Later poll() tells which way can go on.
 *
 * We close OUT at the end of own input. No handler, so no call fails by EINTR.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The two FIFOs (-1: closed), and in buf what OUT has not taken yet. */
struct link {
    int out, in, own; /* own: standard input, or -1 after its end */
    size_t start, end;
    char buf[4096];
};

static int fail(const char *what)
{
    fprintf(stderr, "duplex: %s: %s\n", what, strerror(errno));
    return -1;
}

static void shut(int *fd)
{
    if (*fd != -1 && close(*fd) == -1)
        fail("close");
    *fd = -1;
}

static int connect_to(struct link *l, const char *out, const char *in)
{
    l->in = open(in, O_RDONLY | O_NONBLOCK); /* waits for no writer */
    if (l->in == -1)
        return fail(in);
    l->out = open(out, O_WRONLY); /* waits until the peer has opened its IN */
    if (l->out == -1)
        return fail(out);
    if (fcntl(l->out, F_SETFL, O_NONBLOCK) == -1)
        return fail("fcntl");
    return 0;
}

/* Own input to the buffer, which is empty. */
static int fill(struct link *l)
{
    ssize_t got = read(l->own, l->buf, sizeof l->buf);

    if (got == -1)
        return fail("read");
    l->start = 0;
    l->end = (size_t)got;
    if (got == 0) {
        l->own = -1;
        shut(&l->out); /* the peer sees the end of its IN */
    }
    return 0;
}

/* The peer reads no more. What it said before is still to come out of IN. */
static int lose_peer(struct link *l)
{
    fail("write");
    shut(&l->out);
    l->own = -1;
    return -1;
}

/* The buffer to OUT, as far as there is room. */
static int feed(struct link *l)
{
    ssize_t put = write(l->out, l->buf + l->start, l->end - l->start);

    if (put == -1)
        return errno == EAGAIN ? 0 : lose_peer(l);
    l->start += (size_t)put;
    return 0;
}

/* IN to own output. 0: the peer has closed its OUT, or has ended. */
static int drain(struct link *l)
{
    char buf[65536];
    ssize_t got = read(l->in, buf, sizeof buf), put;

    if (got == -1)
        return errno == EAGAIN ? 0 : fail("read");
    if (got == 0)
        shut(&l->in);
    for (ssize_t done = 0; done < got; done += put) {
        put = write(STDOUT_FILENO, buf + done, (size_t)(got - done));
        if (put == -1)
            return fail("write");
    }
    return 0;
}

static int pump(struct link *l)
{
    int rc = 0, lost = 0;

    while (rc == 0 && (l->out != -1 || l->in != -1)) {
        int full = l->start < l->end;
        struct pollfd p[3] = {{.fd = l->in, .events = POLLIN},
                              {.fd = l->out, .events = full ? POLLOUT : 0},
                              {.fd = full ? -1 : l->own, .events = POLLIN}};

        if (poll(p, 3, -1) == -1)
            return fail("poll");
        if (p[0].revents != 0) /* POLLHUP, too: read() tells the end by 0 */
            rc = drain(l);
        if (p[1].revents & POLLERR) { /* told without asking: no reader left */
            errno = EPIPE;
            lost = lose_peer(l);
        } else if (p[1].revents != 0) {
            lost = feed(l);
        }
        if (p[1].revents == 0 && p[2].revents != 0 && rc == 0)
            rc = fill(l);
    }
    return rc == -1 || lost ? -1 : 0;
}

int main(int argc, char *argv[])
{
    struct link l = {.out = -1, .in = -1, .own = STDIN_FILENO};
    int rc;

    if (argc != 3) {
        fprintf(stderr, "usage: duplex OUT IN\n");
        return 2;
    }
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) /* a lost peer shows as EPIPE */
        return fail("signal") == -1;
    rc = connect_to(&l, argv[1], argv[2]);
    if (rc == 0)
        rc = pump(&l);
    shut(&l.out);
    shut(&l.in);
    return rc == -1;
}
