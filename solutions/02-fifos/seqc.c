/* SPDX-License-Identifier: MIT */
/*
 * seqc DIR LEN: ask seqd for LEN numbers and print which they are.
 *
 * The FIFO for the answer exists and is open before the request is sent: a
 * server that finds no reader drops the answer. It is opened O_RDWR, which
 * Linux allows: it waits for no writer, and as the client itself is one, it
 * sees no end of file while the server has not come yet.
 *
 * Who removes what: the client its own FIFO, in all cases.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seq.h"

static int fail(const char *what)
{
    fprintf(stderr, "seqc: %s: %s\n", what, strerror(errno));
    return -1;
}

static int send_request(const char *dir, long len)
{
    char path[PATH_MAX], text[SEQ_LINE_MAX];
    int n = snprintf(text, sizeof text, "\n%ld %ld\n", (long)getpid(), len);
    ssize_t put;
    int wfd, rc = 0;

    snprintf(path, sizeof path, "%s/" SEQ_FIFO, dir);
    wfd = open(path, O_WRONLY); /* waits until a server has it open */
    if (wfd == -1)
        return fail(path);
    do
        put = write(wfd, text, (size_t)n); /* <= PIPE_BUF: never short */
    while (put == -1 && errno == EINTR);
    if (put == -1)
        rc = fail("write");
    if (close(wfd) == -1)
        rc = fail("close");
    return rc;
}

/* Up to the newline; it may come in pieces. */
static int print_answer(int rfd)
{
    char text[SEQ_ANSWER_MAX] = "";
    size_t len = 0;

    while (memchr(text, '\n', len) == NULL) {
        ssize_t got = read(rfd, text + len, sizeof text - len);

        if (got == 0)
            errno = EPROTO; /* no room: this is no answer */
        if (got == 0 || (got == -1 && errno != EINTR))
            return fail("read");
        len += got == -1 ? 0 : (size_t)got;
    }
    if (fwrite(text, 1, len, stdout) != len || fflush(stdout) == EOF)
        return fail("stdout");
    return 0;
}

int main(int argc, char *argv[])
{
    const char *text = argc == 3 ? argv[2] : "";
    int digits = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    unsigned long len = digits ? strtoul(text, NULL, 10) : 0; /* or ULONG_MAX */
    char path[PATH_MAX];
    int rfd, rc;

    if (len < 1 || len > SEQ_LEN_MAX) {
        fprintf(stderr, "usage: seqc DIR LEN, with LEN from 1 to %d\n",
                SEQ_LEN_MAX);
        return 2;
    }
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) /* a lost server shows as EPIPE */
        return fail("signal") == -1;
    snprintf(path, sizeof path, "%s/" SEQ_CLIENT, argv[1], (long)getpid());
    if (mkfifo(path, 0600) == -1)
        return fail(path) == -1;
    rfd = open(path, O_RDWR);
    rc = rfd == -1 ? fail(path) : send_request(argv[1], (long)len);
    if (rc == 0)
        rc = print_answer(rfd);
    if (rfd != -1 && close(rfd) == -1)
        rc = fail("close");
    if (unlink(path) == -1)
        rc = fail("unlink");
    return rc == -1;
}
