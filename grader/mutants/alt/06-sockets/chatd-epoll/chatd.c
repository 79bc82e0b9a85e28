/* SPDX-License-Identifier: MIT */
/*
 * chatd PATH PORT [GRACE]: a chat room on a UNIX and a TCP socket.
 *
 * One process, one thread, which waits in one place only: epoll_pwait(), edge-
 * triggered. An event says that something has changed, once: so whatever became
 * ready is used until it says EAGAIN. Who closes what:
 * room.c the clients, we the two listening sockets; we unlink PATH.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listen.h"
#include "room.h"

enum { GRACE_MAX = 60, PORT_MAX = 65535, GRACE = 2, EVENTS = 64 };

static volatile sig_atomic_t stop;
static sigset_t outside; /* the mask while SIGTERM is not blocked */

static void on_sigterm(int sig)
{
    (void)sig;
    stop = 1;
}

static int fail(const char *what)
{
    fprintf(stderr, "chatd: %s: %s\n", what, strerror(errno));
    return -1;
}

/* SIGTERM may come only while epoll_pwait() waits: never between a look at `stop`
 * and going to sleep. */
static int catch_sigterm(void)
{
    struct sigaction sa = {.sa_handler = on_sigterm};
    sigset_t term;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &term, &outside) == -1)
        return -1;
    return sigaction(SIGTERM, &sa, NULL);
}

static int watch(int epfd, int fd, uint32_t events)
{
    struct epoll_event e = {.events = events | EPOLLET, .data.fd = fd};

    return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
}

/* One event may stand for many clients. */
static void take_clients(int epfd, int lfd)
{
    int fd;

    for (;;) {
        fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd == -1 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd == -1)
            return; /* EAGAIN: the next one brings an event */
        if (watch(epfd, fd, EPOLLIN | EPOLLOUT) == -1 || room_add(fd) == -1)
            close(fd);
    }
}

/* The event of a socket that has room may be long past: so try, whenever
 * something waits, and go on until it takes no more. */
static void write_all(void)
{
    for (size_t i = 0; i < room_count(); i++) {
        size_t before = 0;

        while (room_pending(i) != before) {
            before = room_pending(i);
            room_write(i);
        }
    }
}

/* Much may have come: the others are offered it piece by piece, or it would be
 * too much for their queues. */
static void read_from(int fd)
{
    for (size_t i = 0; i < room_count(); i++)
        if (room_fd(i) == fd)
            while (room_read(i))
                write_all();
}

static int serve_epoll(int epfd, const int lfd[2])
{
    struct epoll_event e[EVENTS];

    while (!stop) {
        int n = epoll_pwait(epfd, e, EVENTS, -1, &outside);

        if (n == -1 && errno != EINTR)
            return fail("epoll_pwait");
        for (int i = 0; i < n; i++) {
            if (e[i].data.fd == lfd[0] || e[i].data.fd == lfd[1])
                take_clients(epfd, e[i].data.fd);
            else
                read_from(e[i].data.fd);
        }
        room_sweep();
        write_all();
        room_sweep();
    }
    return 0;
}

static int serve(const int lfd[2])
{
    int epfd = epoll_create1(EPOLL_CLOEXEC), rc = -1;

    if (epfd == -1)
        return fail("epoll_create1");
    if (watch(epfd, lfd[0], EPOLLIN) == -1 || watch(epfd, lfd[1], EPOLLIN) == -1)
        fail("epoll_ctl");
    else
        rc = serve_epoll(epfd, lfd);
    close(epfd);
    return rc;
}

int main(int argc, char *argv[])
{
    long port = argc > 2 ? listen_number(argv[2], PORT_MAX) : -1;
    long grace = argc > 3 ? listen_number(argv[3], GRACE_MAX) : GRACE;
    int lfd[2], rc = -1;

    if (argc < 3 || argc > 4 || *argv[1] == '\0' || port == -1 || grace == -1) {
        fprintf(stderr, "usage: chatd PATH PORT [GRACE]\n");
        return 2;
    }
    if (catch_sigterm() == -1)
        return -fail("sigaction");
    if ((lfd[1] = listen_tcp((unsigned)port)) == -1)
        return -fail("bind");
    if ((lfd[0] = listen_unix(argv[1])) == -1)
        return -fail("bind");
    if (fcntl(lfd[0], F_SETFL, O_NONBLOCK) == -1 || fcntl(lfd[1], F_SETFL, O_NONBLOCK) == -1)
        fail("fcntl");
    else if (printf("READY %d\n", listen_port(lfd[1])) < 0 || fflush(stdout))
        fail("write");
    else
        rc = serve(lfd);
    close(lfd[0]);
    close(lfd[1]);
    if (rc == 0)
        room_finish((int)grace);
    room_release();
    if (unlink(argv[1]) == -1)
        rc = fail("unlink");
    return -rc;
}
