/* SPDX-License-Identifier: MIT */
/*
 * through CMD [ARG..]: own input to CMD, output of CMD to own output.
 *
 * CMD may stop reading until we take what it wrote, so we must never block in
 * feeding it: poll() tells which side can move. Who closes what: we keep one
 * end of each pipe; closing `to` ends CMD's input. Who waits: we, for CMD.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"

/* The two pipes (-1: closed), and in buf what CMD has not taken yet. */
struct link {
    int to, from;
    size_t start, end;
    char buf[4096];
};

static int fail(const char *what)
{
    fprintf(stderr, "through: %s: %s\n", what, strerror(errno));
    return -1;
}

static void shut(int *fd)
{
    if (*fd != -1 && close(*fd) == -1)
        fail("close");
    *fd = -1;
}

/* CMD gets its two ends as 0 and 1; exec closes the rest, it is O_CLOEXEC. */
static pid_t start(char **argv, struct link *l)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, why;
    pid_t pid = -1;

    if (pipe2(in, O_CLOEXEC) == -1 || pipe2(out, O_CLOEXEC) == -1)
        fail("pipe2");
    else if (fcntl(in[1], F_SETFL, O_NONBLOCK) == -1) /* of this end only */
        fail("fcntl");
    else if ((pid = fork()) == -1)
        fail("fork");
    if (pid == 0) {
        if (dup2(in[0], 0) != -1 && dup2(out[1], 1) != -1 &&
            signal(SIGPIPE, SIG_DFL) != SIG_ERR)
            execvp(argv[0], argv);
        why = errno;
        fail(argv[0]);
        _exit(why == ENOENT ? 127 : 126);
    }
    shut(&in[0]);
    shut(&out[1]);
    *l = (struct link){.to = in[1], .from = out[0]};
    return pid;
}

/* Own input to the buffer, which is empty. */
static int fill(struct link *l)
{
    ssize_t got = read(STDIN_FILENO, l->buf, sizeof l->buf);

    if (got == -1)
        return fail("read");
    if (got == 0)
        shut(&l->to);
    l->start = 0;
    l->end = (size_t)got;
    return 0;
}

/* The buffer to CMD, as far as its pipe has room. */
static int feed(struct link *l)
{
    ssize_t put = write(l->to, l->buf + l->start, l->end - l->start);

    if (put != -1)
        l->start += (size_t)put;
    else if (errno == EPIPE)
        shut(&l->to); /* CMD wants no more, but may have more to say */
    else if (errno != EAGAIN)
        return fail("write");
    return 0;
}

static int drain(struct link *l)
{
    char buf[65536];
    ssize_t got = read(l->from, buf, sizeof buf);

    if (got == 0)
        shut(&l->from);
    if (got == -1 || write_full(1, buf, (size_t)got) == -1)
        return fail(got == -1 ? "read" : "write");
    return 0;
}

static int pump(struct link *l)
{
    int rc = 0;

    while (rc == 0 && (l->to != -1 || l->from != -1)) {
        int full = l->start < l->end;
        int own = l->to == -1 || full ? -1 : STDIN_FILENO;
        struct pollfd p[3] = {{.fd = l->from, .events = POLLIN},
                              {.fd = l->to, .events = full ? POLLOUT : 0},
                              {.fd = own, .events = POLLIN}};

        if (poll(p, 3, -1) == -1)
            return fail("poll");
        if (p[0].revents != 0)
            rc = drain(l);
        if (p[1].revents & POLLERR) /* told without asking: no reader left */
            shut(&l->to);
        else if (p[1].revents != 0)
            rc |= feed(l);
        else if (p[2].revents != 0)
            rc |= fill(l);
    }
    return rc;
}

int main(int argc, char *argv[])
{
    struct link l;
    int rc, status;
    pid_t pid;

    if (argc < 2) {
        fprintf(stderr, "usage: through CMD [ARG..]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN); /* cannot fail; a write to CMD shows EPIPE */
    if ((pid = start(argv + 1, &l)) == -1)
        return 1;
    rc = pump(&l);
    shut(&l.to); /* after a failure: CMD must not wait for us */
    shut(&l.from);
    if (waitpid(pid, &status, 0) == -1 || rc == -1)
        return 1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
