/* SPDX-License-Identifier: MIT */
/*
 * server.c: the handler of SIGTERM writes a newline into the
 * server's own FIFO, so that a poll() which begins after it returns at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

static volatile sig_atomic_t stop, wfd = -1;

static void on_term(int sig)
{
    int saved = errno;

    (void)sig;
    stop = 1;
    if (wfd != -1 && write(wfd, "\n", 1) == -1)
        stop = 2; /* full: then there is something to be read anyway */
    errno = saved;
}

static int prepare_signals(void)
{
    struct sigaction term = {.sa_handler = on_term};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    if (sigaction(SIGPIPE, &ignore, NULL) == -1)
        return -1;
    return sigaction(SIGTERM, &term, NULL);
}

/* Is @fd a FIFO? Return: 0, or -1 with errno EEXIST. */
static int check_fifo(int fd)
{
    struct stat st;

    if (fstat(fd, &st) == -1)
        return -1;
    if (S_ISFIFO(st.st_mode))
        return 0;
    errno = EEXIST;
    return -1;
}

/* The mode 0600 has no bit that a usual umask would take away. EEXIST means
 * that something is there: what, is asked of the opened file and not of the
 * name, behind which something else might be by then. */
int server_open(const char *path)
{
    int rfd;

    if (prepare_signals() == -1)
        return -1;
    if (mkfifo(path, 0600) == -1 && errno != EEXIST)
        return -1;
    rfd = open(path, O_RDONLY | O_NONBLOCK); /* waits for no writer */
    if (rfd == -1)
        return -1;
    /* The write end is never closed and never used: it only has to be there. */
    if (check_fifo(rfd) == -1 || (wfd = open(path, O_WRONLY | O_NONBLOCK)) == -1) {
        int saved = errno;

        close(rfd);
        errno = saved;
        return -1;
    }
    return rfd;
}

int server_wait(int rfd)
{
    struct pollfd p = {.fd = rfd, .events = POLLIN};

    while (!stop)
        if (poll(&p, 1, -1) > 0)
            return 1;
        else if (errno != EINTR)
            return -1;
    return 0;
}

int server_remove(const char *path)
{
    return unlink(path);
}
