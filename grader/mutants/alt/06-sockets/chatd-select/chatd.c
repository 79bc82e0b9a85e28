/* SPDX-License-Identifier: MIT */
/*
 * chatd PATH PORT [GRACE]: a chat room on a UNIX and a TCP socket.
 *
 * One process, one thread, which waits in one place only: pselect(). All other
 * calls are non-blocking, so no client can hold up another. Who closes what:
 * room.c the clients, we the two listening sockets; we unlink PATH.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listen.h"
#include "room.h"

enum { GRACE_MAX = 60, PORT_MAX = 65535, GRACE = 2 };

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

/* SIGTERM may come only while pselect() waits: never between a look at `stop`
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

static void take_client(int lfd)
{
    int fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd == -1)
        return; /* it has gone again, or a signal came: pselect tells what next */
    /* A descriptor beyond FD_SETSIZE does not fit into an fd_set. */
    if (fd >= FD_SETSIZE || room_add(fd) == -1)
        close(fd);
}

/* What to wait for. pselect() leaves in the sets what is ready, so they are made
 * anew in each round. Return: the highest descriptor and 1. */
static int gather(const int lfd[2], fd_set *in, fd_set *out)
{
    int highest = lfd[0] > lfd[1] ? lfd[0] : lfd[1];

    FD_ZERO(in);
    FD_ZERO(out);
    for (size_t i = 0; i < 2 && room_count() < ROOM_MAX; i++)
        FD_SET(lfd[i], in);
    for (size_t i = 0; i < room_count(); i++) {
        int fd = room_fd(i);

        FD_SET(fd, in);
        if (room_pending(i) > 0)
            FD_SET(fd, out);
        highest = fd > highest ? fd : highest;
    }
    return highest + 1;
}

static int serve(const int lfd[2])
{
    fd_set in, out;

    while (!stop) {
        size_t n = room_count();
        int highest = gather(lfd, &in, &out);

        if (pselect(highest, &in, &out, NULL, NULL, &outside) == -1) {
            if (errno == EINTR)
                continue;
            return fail("pselect");
        }
        for (size_t i = 0; i < n; i++) {
            if (FD_ISSET(room_fd(i), &out))
                room_write(i);
            if (FD_ISSET(room_fd(i), &in))
                room_read(i);
        }
        room_sweep();
        for (size_t i = 0; i < 2; i++)
            if (FD_ISSET(lfd[i], &in))
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
