/* SPDX-License-Identifier: MIT */
/* seqd with a blocking read, byte by byte, and SIGTERM as a byte in a pipe; it works inside DIR. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seq.h"

static int term[2];
static uint64_t next;

static int fail(const char *what)
{
    fprintf(stderr, "seqd: %s: %s\n", what, strerror(errno));
    return 1;
}

static void on_term(int sig)
{
    (void)sig;
    if (write(term[1], "", 1) == -1)
        _exit(1);
}

static void answer(unsigned pid, unsigned len)
{
    char path[64], text[SEQ_ANSWER_MAX];
    struct stat st;
    int fd, n;

    n = snprintf(text, sizeof text, "%llu..%llu\n", (unsigned long long)next,
                 (unsigned long long)(next + len - 1));
    next += len;
    snprintf(path, sizeof path, "cl.%u", pid);
    if (lstat(path, &st) == -1 || !S_ISFIFO(st.st_mode))
        return;
    fd = open(path, O_WRONLY | O_NONBLOCK);
    if (fd == -1)
        return;
    (void)!write(fd, text, (size_t)n);
    close(fd);
}

/* Digits only, zeros in front or not; more than fit are the greatest of all. */
static unsigned long take_number(char *text)
{
    size_t n = strspn(text, "0123456789");

    return n > 0 && text[n] == '\0' ? strtoul(text, NULL, 10) : 0;
}

static void take_line(char *line)
{
    char *blank = strchr(line, ' ');
    unsigned long pid, len;

    if (blank == NULL)
        return;
    *blank = '\0';
    pid = take_number(line);
    len = take_number(blank + 1);
    if (pid >= 1 && pid <= INT32_MAX && len >= 1 && len <= SEQ_LEN_MAX)
        answer((unsigned)pid, (unsigned)len);
}

/* 1: a byte; 0: SIGTERM, and nothing is left; -1: an error. */
static int next_byte(int fd, char *c)
{
    struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = term[0], .events = POLLIN}};

    for (;;) {
        if (poll(p, 2, -1) == -1 && errno != EINTR)
            return -1;
        if (p[0].revents & POLLIN) {
            ssize_t got = read(fd, c, 1);

            if (got == 1)
                return 1;
            if (got == -1 && errno != EINTR)
                return -1;
        } else if (p[1].revents) {
            return 0;
        }
        p[0].revents = p[1].revents = 0;
    }
}

static int serve(int fd)
{
    char line[SEQ_LINE_MAX + 2], c;
    size_t n = 0;
    int got;

    while ((got = next_byte(fd, &c)) == 1) {
        if (c != '\n') {
            if (n <= SEQ_LINE_MAX)
                line[n++] = c == '\0' ? '?' : c;
            continue;
        }
        line[n] = '\0';
        if (n <= SEQ_LINE_MAX)
            take_line(line);
        n = 0;
    }
    return got == 0 ? 0 : fail("read");
}

int main(int argc, char *argv[])
{
    struct stat st;
    int fd, rc;

    if (argc != 2) {
        fprintf(stderr, "usage: seqd DIR\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (chdir(argv[1]) == -1)
        return fail(argv[1]);
    if (pipe(term) == -1)
        return fail("pipe");
    signal(SIGTERM, on_term);
    if (mkfifo(SEQ_FIFO, 0600) == -1 &&
        (errno != EEXIST || stat(SEQ_FIFO, &st) == -1 || !S_ISFIFO(st.st_mode)))
        return fail("mkfifo");
    fd = open(SEQ_FIFO, O_RDWR);
    if (fd == -1)
        return fail(SEQ_FIFO);
    puts("READY");
    if (fflush(stdout) == EOF)
        return fail("stdout");
    rc = serve(fd);
    if (unlink(SEQ_FIFO) == -1)
        rc = fail("unlink");
    return rc;
}
