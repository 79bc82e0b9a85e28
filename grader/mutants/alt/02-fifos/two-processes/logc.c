/* SPDX-License-Identifier: MIT */
/* logc with small chunks, header and data gathered by writev(): one call, so one piece. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "log.h"

enum { PIECE = 1000 };

static struct log_chunk head;
static int wfd;

static int fail(const char *what)
{
    fprintf(stderr, "logc: %s: %s\n", what, strerror(errno));
    return 1;
}

static int send_piece(char *text, size_t n, unsigned flags)
{
    struct iovec v[2] = {{&head, LOG_HEADER}, {text, n}};

    head.len = (uint32_t)n;
    head.flags = flags;
    return writev(wfd, v, 2) == (ssize_t)(LOG_HEADER + n) ? 0 : fail("writev");
}

static int send_line(char *line, size_t n)
{
    for (size_t at = 0;; at += PIECE) {
        size_t left = n - at;
        unsigned flags = (at == 0 ? LOG_FIRST : 0u) | (left <= PIECE ? LOG_LAST : 0u);

        if (send_piece(line + at, left < PIECE ? left : PIECE, flags) != 0)
            return 1;
        if (left <= PIECE)
            return 0;
    }
}

static int send_input(void)
{
    static char line[LOG_LINE_MAX + 1];
    size_t n = 0;
    int c, any = 0;

    while ((c = getchar()) != EOF) {
        any = c != '\n';
        if (c != '\n') {
            if (n == LOG_LINE_MAX) {
                fprintf(stderr, "logc: line: too long\n");
                return 1;
            }
            line[n++] = (char)c;
            continue;
        }
        if (send_line(line, n) != 0)
            return 1;
        n = 0;
    }
    return any ? send_line(line, n) : 0;
}

int main(int argc, char *argv[])
{
    size_t len = argc == 3 ? strlen(argv[2]) : 0, good = 0;

    while (good < len && (isalnum((unsigned char)argv[2][good]) || strchr("._-", argv[2][good])))
        good++;
    if (len == 0 || len > 31 || good < len) {
        fprintf(stderr, "usage: logc FIFO TAG\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    head.pid = getpid();
    memcpy(head.tag, argv[2], len);
    wfd = open(argv[1], O_WRONLY);
    if (wfd == -1)
        return fail(argv[1]);
    return send_input();
}
