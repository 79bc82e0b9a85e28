/* SPDX-License-Identifier: MIT */
/*
 * A process for each client. The parent accepts, forks and reaps.
 *
 * SIGTERM and SIGCHLD are blocked except while ppoll() waits, so neither can
 * come between looking at a flag and going to sleep, and no other call is ever
 * interrupted.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "forked.h"

static volatile sig_atomic_t stop;
static sigset_t outside; /* the mask while nothing is blocked */
static pid_t children[FORKED_MAX];
static size_t nchildren;

static void on_signal(int sig)
{
    if (sig == SIGTERM)
        stop = 1;
}

int forked_prepare(void)
{
    struct sigaction sa = {.sa_handler = on_signal};
    sigset_t both;

    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &both, &outside) == -1 ||
        sigaction(SIGTERM, &sa, NULL) == -1)
        return -1;
    return sigaction(SIGCHLD, &sa, NULL);
}

/* One SIGCHLD may stand for many children: ask until there is none. */
static void reap(int flags)
{
    pid_t pid;

    while (nchildren > 0 && (pid = waitpid(-1, NULL, flags)) > 0)
        for (size_t i = 0; i < nchildren; i++)
            if (children[i] == pid)
                children[i--] = children[--nchildren];
}

static int in_child(int lfd, int fd, int (*serve)(int fd))
{
    close(lfd);
    signal(SIGTERM, SIG_IGN); /* the parent ends us, also after `kill %1` */
    signal(SIGCHLD, SIG_DFL);
    if (sigprocmask(SIG_SETMASK, &outside, NULL) == -1)
        return 1;
    return serve(fd);
}

static int one_client(int lfd, int (*serve)(int fd))
{
    int fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC);
    pid_t pid;

    if (fd == -1) {
        /* It went away again, or we are short of something: no disaster. */
        if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK)
            return -1;
        return 0;
    }
    pid = fork();
    if (pid == 0)
        _exit(in_child(lfd, fd, serve));
    if (pid != -1)
        children[nchildren++] = pid;
    else
        perror("fork"); /* this client is turned away */
    close(fd);
    return 0;
}

/* Until all children have ended, at most @grace seconds; then the hard way. */
static void finish(int grace)
{
    struct timespec now, end;

    clock_gettime(CLOCK_MONOTONIC, &end); /* cannot fail */
    end.tv_sec += grace;
    for (reap(WNOHANG); nchildren > 0; reap(WNOHANG)) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec > end.tv_sec ||
            (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec))
            break;
        /* One second at most, or until SIGCHLD interrupts. */
        ppoll(NULL, 0, &(struct timespec){.tv_sec = 1}, &outside);
    }
    for (size_t i = 0; i < nchildren; i++)
        kill(children[i], SIGKILL); /* fails if it has just ended */
    reap(0);
}

int forked_serve(int lfd, int grace, int (*serve)(int fd))
{
    int rc = 0, fl = fcntl(lfd, F_GETFL);

    /* A client may be gone between ppoll() and accept(): never wait there. */
    if (fl == -1 || fcntl(lfd, F_SETFL, fl | O_NONBLOCK) == -1)
        rc = -1;
    while (rc == 0 && !stop) {
        struct pollfd p = {.fd = nchildren < FORKED_MAX ? lfd : -1,
                           .events = POLLIN};
        int ready = ppoll(&p, 1, NULL, &outside);

        if (ready == -1 && errno != EINTR)
            rc = -1;
        reap(WNOHANG);
        if (ready > 0 && p.revents != 0)
            rc = one_client(lfd, serve);
    }
    close(lfd);
    finish(rc == 0 ? grace : 0);
    return rc;
}
