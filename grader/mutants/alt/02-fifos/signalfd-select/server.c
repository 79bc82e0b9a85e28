/* SPDX-License-Identifier: MIT */
/* server.c by a signalfd and select(): SIGTERM is something to be read. One descriptor, O_RDWR,
 * is reader and writer of the FIFO. A FIFO that was left is looked at before it is opened. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

static int term_fd = -1;

/* Return: 1 if a FIFO is there, 0 if nothing is, -1 with errno EEXIST for anything else. */
static int fifo_there(const char *path)
{
    struct stat st;

    if (lstat(path, &st) == -1)
        return errno == ENOENT ? 0 : -1;
    if (S_ISFIFO(st.st_mode))
        return 1;
    errno = EEXIST;
    return -1;
}

int server_open(const char *path)
{
    sigset_t set;
    mode_t old;
    int there;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
        (term_fd = signalfd(-1, &set, SFD_CLOEXEC)) == -1 || (there = fifo_there(path)) == -1)
        return -1;
    old = umask(0177);
    if (!there)
        there = mknod(path, S_IFIFO | 0666, 0);
    umask(old);
    return there == -1 ? -1 : open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

int server_wait(int rfd)
{
    fd_set set;

    for (;;) {
        FD_ZERO(&set);
        FD_SET(rfd, &set);
        FD_SET(term_fd, &set);
        if (select((rfd > term_fd ? rfd : term_fd) + 1, &set, NULL, NULL, NULL) != -1)
            return FD_ISSET(term_fd, &set) ? 0 : 1;
        if (errno != EINTR)
            return -1;
    }
}

int server_remove(const char *path)
{
    return remove(path);
}
