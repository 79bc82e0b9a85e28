/* SPDX-License-Identifier: MIT */
/* seqc with O_RDONLY | O_NONBLOCK and poll(), in a folder of its own making: it goes to DIR. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seq.h"

static char own[32];

static void remove_own(void)
{
    if (own[0])
        unlink(own);
}

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "seqc: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* poll() keeps quiet until a server has written, or has come and gone. */
static void print_answer(int rfd)
{
    char c = 0;

    while (c != '\n') {
        struct pollfd p = {.fd = rfd, .events = POLLIN};
        ssize_t got;

        if (poll(&p, 1, -1) == -1 && errno != EINTR)
            die("poll");
        got = read(rfd, &c, 1);
        if (got == 1) {
            putchar(c);
        } else if (got == 0 && p.revents & POLLHUP) {
            errno = ENODATA; /* it has closed, and said nothing, or half of it */
            die("read");
        } else if (got == -1 && errno != EAGAIN && errno != EINTR) {
            die("read");
        }
    }
    if (fflush(stdout) == EOF)
        die("stdout");
}

int main(int argc, char *argv[])
{
    char *end = NULL;
    long len = 0;
    int rfd, wfd;

    errno = 0;
    if (argc == 3 && argv[2][0] >= '0' && argv[2][0] <= '9')
        len = strtol(argv[2], &end, 10);
    if (len < 1 || len > SEQ_LEN_MAX || *end || errno) {
        fprintf(stderr, "usage: seqc DIR LEN\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (chdir(argv[1]) == -1)
        die(argv[1]);
    snprintf(own, sizeof own, SEQ_CLIENT, (long)getpid());
    if (mkfifo(own, S_IRUSR | S_IWUSR) == -1)
        die(own);
    atexit(remove_own);
    if ((rfd = open(own, O_RDONLY | O_NONBLOCK)) == -1)
        die(own);
    if ((wfd = open(SEQ_FIFO, O_WRONLY)) == -1)
        die(SEQ_FIFO);
    if (dprintf(wfd, "\n%ld %ld\n", (long)getpid(), len) < 0)
        die("write");
    close(wfd);
    print_answer(rfd);
    return 0;
}
