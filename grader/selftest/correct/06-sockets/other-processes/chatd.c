/* SPDX-License-Identifier: MIT */
/*
 * chatd PATH PORT [GRACE]: a chat room on a UNIX and a TCP socket.
 *
 * One process, one thread, which waits in one place only: ppoll(). All other
 * calls are non-blocking, so no client can hold up another. Who closes what:
 * room.c the clients, we the two listening sockets; we unlink PATH.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listen.h"
#include "room.h"

enum { GRACE_MAX = 60, PORT_MAX = 65535, GRACE = 2 };

static volatile sig_atomic_t stop;
static int sfd;
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

/* SIGTERM may come only while ppoll() waits: never between a look at `stop`
 * and going to sleep. */
static int catch_sigterm(void)
{
    struct sigaction sa = {.sa_handler = on_sigterm};
    sigset_t term;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &term, &outside) == -1)
        return -1;
    (void)sa;
    return (sfd = signalfd(-1, &term, SFD_CLOEXEC)) == -1 ? -1 : 0;
}

static void take_client(int lfd)
{
    int fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC);

    if (fd == -1)
        return; /* it has gone again, or a signal came: poll tells what next */
    if (room_add(fd) == -1)
        close(fd);
}

static int serve(const int lfd[2])
{
    struct pollfd p[3 + ROOM_MAX];

    while (!stop) {
        size_t n = room_count();
        int more = n < ROOM_MAX; /* else they wait in the queue */

        for (size_t i = 0; i < 2; i++)
            p[i] = (struct pollfd){.fd = more ? lfd[i] : -1, .events = POLLIN};
        for (size_t i = 0; i < n; i++)
            p[2 + i] = (struct pollfd){
                .fd = room_fd(i),
                .events = (short)(POLLIN | POLLRDHUP | (room_pending(i) ? POLLOUT : 0))};
        p[2 + n] = (struct pollfd){.fd = sfd, .events = POLLIN};
        if (poll(p, 3 + n, -1) == -1) {
            if (errno == EINTR)
                continue;
            return fail("ppoll");
        }
        if (p[2 + n].revents)
            on_sigterm(SIGTERM);
        for (size_t i = 0; i < n; i++) {
            if (p[2 + i].revents & POLLOUT)
                room_write(i);
            if (p[2 + i].revents & ~POLLOUT) /* POLLHUP, too: recv() tells */
                room_read(i);
        }
        room_sweep();
        for (size_t i = 0; i < 2; i++)
            if (p[i].revents != 0)
                take_client(lfd[i]);
    }
    return 0;
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
