/* SPDX-License-Identifier: MIT */
/*
 * logc FIFO TAG: send each line of standard input to logd as one record.
 *
 * A chunk goes out in one write() of at most PIPE_BUF bytes: so the kernel
 * keeps it in one piece, whoever else writes. Such a write is never short; it
 * waits until there is room for all of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

static const char tag_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-";

static int fail(const char *what)
{
    fprintf(stderr, "logc: %s: %s\n", what, strerror(errno));
    return -1;
}

static int send_chunk(int wfd, const struct log_chunk *c)
{
    while (write(wfd, c, LOG_HEADER + c->len) == -1)
        if (errno != EINTR)
            return fail("write");
    return 0;
}

/* @c has pid and tag already. */
static int send_record(int wfd, struct log_chunk *c, const char *text, size_t n)
{
    size_t done = 0;

    c->flags = LOG_FIRST;
    do {
        size_t left = n - done;

        c->len = (uint32_t)(left < LOG_DATA_MAX ? left : LOG_DATA_MAX);
        memcpy(c->data, text + done, c->len);
        done += c->len;
        if (done == n)
            c->flags |= LOG_LAST;
        if (send_chunk(wfd, c) == -1)
            return -1;
        c->flags = 0;
    } while (done < n);
    return 0;
}

static int send_lines(int wfd, struct log_chunk *c)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    int rc = 0;

    while (rc == 0 && (n = getline(&line, &room, stdin)) != -1) {
        if (line[n - 1] == '\n')
            n--;
        if (n > LOG_LINE_MAX) {
            errno = EMSGSIZE;
            rc = fail("line");
        } else {
            rc = send_record(wfd, c, line, (size_t)n);
        }
    }
    if (rc == 0 && ferror(stdin))
        rc = fail("read");
    free(line);
    return rc;
}

int main(int argc, char *argv[])
{
    static struct log_chunk c; /* static: all zero, the end of the tag, too */
    size_t len = argc == 3 ? strlen(argv[2]) : 0;
    int wfd, rc;

    if (len == 0 || len >= LOG_TAG_MAX || strspn(argv[2], tag_chars) != len) {
        fprintf(stderr,
                "usage: logc FIFO TAG, the tag of 1 to %d letters, "
                "digits, '.', '_' or '-'\n",
                LOG_TAG_MAX - 1);
        return 2;
    }
    c.pid = getpid();
    memcpy(c.tag, argv[2], len);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) /* a lost logd shows as EPIPE */
        return fail("signal") == -1;
    wfd = open(argv[1], O_WRONLY); /* waits until logd has it open */
    if (wfd == -1)
        return fail(argv[1]) == -1;
    rc = send_lines(wfd, &c);
    if (close(wfd) == -1)
        rc = fail("close");
    return rc == -1;
}
