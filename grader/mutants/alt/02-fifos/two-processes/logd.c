/* SPDX-License-Identifier: MIT */
/* logd with a blocking read of an O_RDWR FIFO, a large buffer, and records that grow. SIGTERM comes
 * through a pipe of its own, into which its handler writes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

enum { SLOTS = 64 };

struct record {
    int32_t pid;
    char *text;
    size_t len;
};

static struct record record[SLOTS];
static char stream[65536];
static size_t held;
static int out, rfd, term[2];

static int fail(const char *what)
{
    fprintf(stderr, "logd: %s: %s\n", what, strerror(errno));
    return 1;
}

static void on_term(int sig)
{
    int saved = errno;

    (void)sig;
    if (write(term[1], "", 1) == -1)
        _exit(1);
    errno = saved;
}

static struct record *of(int32_t pid)
{
    struct record *free_one = &record[0];

    for (int i = 0; i < SLOTS; i++) {
        if (record[i].text != NULL && record[i].pid == pid)
            return &record[i];
        if (record[i].text == NULL)
            free_one = &record[i];
    }
    return free_one;
}

static int take(const struct log_chunk *c)
{
    struct record *r = of(c->pid);
    int rc = 0;

    if (c->flags & LOG_FIRST) {
        free(r->text);
        r->text = malloc(1);
        r->len = 0;
        r->pid = c->pid;
    }
    if (r->text == NULL || r->pid != c->pid)
        return 0;
    if (r->len + c->len > LOG_LINE_MAX) { /* the rest finds no beginning */
        free(r->text);
        r->text = NULL;
        return 0;
    }
    r->text = realloc(r->text, r->len + c->len + 1);
    if (r->text == NULL)
        return fail("realloc");
    memcpy(r->text + r->len, c->data, c->len);
    r->len += c->len;
    if (c->flags & LOG_LAST) {
        char *line = malloc(r->len + LOG_TAG_MAX + 2);
        size_t n = 0;

        if (line == NULL)
            return fail("malloc");
        n = (size_t)sprintf(line, "%.31s ", c->tag);
        memcpy(line + n, r->text, r->len);
        line[n + r->len] = '\n';
        if (write(out, line, n + r->len + 1) != (ssize_t)(n + r->len + 1))
            rc = fail("write");
        free(line);
        free(r->text);
        r->text = NULL;
    }
    return rc;
}

/* Whole chunks at the front of the stream. */
static int take_all(void)
{
    size_t at = 0;
    struct log_chunk c;

    while (held - at >= LOG_HEADER) {
        memcpy(&c, stream + at, LOG_HEADER);
        if (held - at < LOG_HEADER + c.len)
            break;
        memcpy(&c, stream + at, LOG_HEADER + c.len);
        at += LOG_HEADER + c.len;
        if (take(&c) != 0)
            return 1;
    }
    memmove(stream, stream + at, held - at);
    held -= at;
    return 0;
}

static int serve(void)
{
    struct pollfd p[2] = {{.fd = rfd, .events = POLLIN}, {.fd = term[0], .events = POLLIN}};
    int waiting = 0;

    for (;;) {
        ssize_t got;

        if (poll(p, 2, -1) == -1) {
            if (errno == EINTR)
                continue;
            return fail("poll");
        }
        if (p[1].revents && ioctl(rfd, FIONREAD, &waiting) == 0 && waiting == 0)
            return 0;
        if (!(p[0].revents & POLLIN))
            continue;
        got = read(rfd, stream + held, sizeof stream - held);
        if (got == -1 && errno != EINTR)
            return fail("read");
        if (got > 0)
            held += (size_t)got;
        if (take_all() != 0)
            return 1;
    }
}

int main(int argc, char *argv[])
{
    struct stat st;
    int rc;

    if (argc != 3) {
        fprintf(stderr, "usage: logd FIFO OUT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (pipe(term) == -1)
        return fail("pipe");
    signal(SIGTERM, on_term);
    if (mkfifo(argv[1], 0600) == -1 && (errno != EEXIST || stat(argv[1], &st) == -1 ||
                                        (!S_ISFIFO(st.st_mode) && (errno = EEXIST))))
        return fail("mkfifo");
    out = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, S_IRUSR | S_IWUSR);
    if (out == -1) {
        rc = fail(argv[2]);
        unlink(argv[1]);
        return rc;
    }
    rfd = open(argv[1], O_RDWR);
    if (rfd == -1)
        return fail(argv[1]);
    if (write(STDOUT_FILENO, "READY\n", 6) != 6)
        return fail("write");
    rc = serve();
    unlink(argv[1]);
    for (int i = 0; i < SLOTS; i++)
        free(record[i].text);
    return rc;
}
