/* SPDX-License-Identifier: MIT */
/*
 * server.c: the server's side of a FIFO (server.h says what each does).
 *
 * SIGTERM is blocked and let in by ppoll() only, which changes the signal mask
 * and goes to sleep in one step. With a plain poll() the signal could come
 * between the look at `stop` and the sleep, and nobody would see it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
    (void)sig;
    stop = 1;
}

static int prepare_signals(void)
{
    struct sigaction term = {.sa_handler = on_term};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
        sigaction(SIGPIPE, &ignore, NULL) == -1)
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
    if (check_fifo(rfd) == -1 || open(path, O_WRONLY | O_NONBLOCK) == -1) {
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
    sigset_t open_mask;

    if (sigprocmask(SIG_BLOCK, NULL, &open_mask) == -1)
        return -1;
    sigdelset(&open_mask, SIGTERM);
    while (!stop)
        if (ppoll(&p, 1, NULL, &open_mask) > 0)
            return 1;
        else if (errno != EINTR)
            return -1;
    return 0;
}

int server_remove(const char *path)
{
    return unlink(path);
}
