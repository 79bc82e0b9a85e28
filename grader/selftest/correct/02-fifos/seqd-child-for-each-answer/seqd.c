/* SPDX-License-Identifier: MIT */
/*
 * seqd DIR: hand out numbers, each of them once.
 *
 * Requests come through one FIFO from all clients, as a stream of bytes: a
 * read may bring half a line, or many. Each answer goes through the client's
 * own FIFO. A client may be dead, asleep or malicious, and the others must not
 * notice: so nothing here ever waits for one client.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seq.h"
#include "server.h"

struct seq {
    const char *dir;
    int64_t next;            /* the first number nobody has */
    size_t len;              /* bytes of the line that have arrived .. */
    char line[SEQ_LINE_MAX]; /* .. of which at most this many are kept */
};

static int fail(const char *what)
{
    fprintf(stderr, "seqd: %s: %s\n", what, strerror(errno));
    return -1;
}

/* The FIFO of @pid, open for writing; -1: there is none, nobody reads it
 * (ENXIO), or it is no FIFO. O_NONBLOCK: no wait, neither here nor later. */
static int open_client(const char *dir, long pid)
{
    char path[PATH_MAX];
    struct stat st;
    int fd;

    if (snprintf(path, sizeof path, "%s/" SEQ_CLIENT, dir, pid) >= (int)sizeof path)
        return -1;
    fd = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW);
    if (fd != -1 && (fstat(fd, &st) == -1 || !S_ISFIFO(st.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

/* An answer that cannot be given is dropped: nobody there, gone meanwhile
 * (EPIPE), or its FIFO is full (EAGAIN). It is short enough to go out whole. */
static void answer(const char *dir, long pid, int64_t first, int64_t last)
{
    char text[SEQ_ANSWER_MAX];
    int n = snprintf(text, sizeof text, "%" PRId64 "..%" PRId64 "\n", first, last);
    int fd, status;
    pid_t child = fork();

    if (child == -1) {
        fail("fork");
        return;
    }
    if (child > 0) {
        while (waitpid(child, &status, 0) == -1 && errno == EINTR)
            ;
        return;
    }
    fd = open_client(dir, pid);
    if (fd == -1)
        _exit(0);
    if (write(fd, text, (size_t)n) == -1 && errno != EPIPE && errno != EAGAIN)
        fail("write");
    _exit(0);
}

/* Take the digits at **p. Return: their value, or -1: none, or above @max. */
static long number(const char **p, const char *end, long max)
{
    long value = 0;

    if (*p == end || !isdigit((unsigned char)**p))
        return -1;
    for (; *p < end && isdigit((unsigned char)**p); ++*p) {
        value = 10 * value + (**p - '0');
        if (value > max)
            return -1;
    }
    return value;
}

/* "PID LEN" and nothing else; whatever else the line holds is ignored. */
static void take_line(struct seq *s)
{
    const char *p = s->line, *end = s->line + s->len;
    long pid, len;

    if (s->len > SEQ_LINE_MAX)
        return;
    pid = number(&p, end, INT_MAX);
    if (pid < 1 || p == end || *p++ != ' ')
        return;
    len = number(&p, end, SEQ_LEN_MAX);
    if (len < 1 || p != end)
        return;
    answer(s->dir, pid, s->next, s->next + len - 1);
    s->next += len;
}

/* Take all that is in the FIFO. */
static int drain(int rfd, struct seq *s)
{
    char buf[4096];
    ssize_t got;

    while ((got = read(rfd, buf, sizeof buf)) != -1 || errno == EINTR)
        for (ssize_t i = 0; i < got; i++) {
            if (buf[i] == '\n') {
                take_line(s);
                s->len = 0;
            } else {
                if (s->len < SEQ_LINE_MAX)
                    s->line[s->len] = buf[i];
                s->len += s->len <= SEQ_LINE_MAX;
            }
        }
    return errno == EAGAIN ? 0 : fail("read");
}

int main(int argc, char *argv[])
{
    struct seq s = {.dir = argc == 2 ? argv[1] : ""};
    char path[PATH_MAX];
    int rfd, rc = 0, more;

    if (argc != 2) {
        fprintf(stderr, "usage: seqd DIR\n");
        return 2;
    }
    snprintf(path, sizeof path, "%s/" SEQ_FIFO, s.dir);
    rfd = server_open(path);
    if (rfd == -1)
        return fail(path) == -1;
    if (puts("READY") == EOF || fflush(stdout) == EOF)
        rc = fail("stdout");
    while (rc == 0 && (more = server_wait(rfd)) != 0)
        rc = more == -1 ? fail("ppoll") : drain(rfd, &s);
    if (server_remove(path) == -1)
        rc = fail("unlink");
    if (rc == 0)
        rc = drain(rfd, &s); /* what was accepted before the signal */
    return rc == -1;
}
