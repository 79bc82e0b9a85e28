/* SPDX-License-Identifier: MIT */
/*
 * hunt_2 PATH N: echoes to its clients on the UNIX socket PATH, all of them in
 * one thread, and ends when N clients have come and gone. N is 1 to 64.
 *
 * All sockets are non-blocking; poll() tells which client has sent something,
 * or has room again for what it could not take.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CLIENTS = 64, CHUNK = 16384 };

struct client {
    int fd;            /* -1: gone, or not here yet */
    size_t start, end; /* what is still to be echoed */
    char buf[CHUNK];
};

static struct client clients[CLIENTS];

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    if (fd == -1 || strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == -1 ||
        listen(fd, CLIENTS) == -1)
        return -1;
    return fd;
}

static void leave(struct client *c)
{
    close(c->fd);
    c->fd = -1;
}

/* Nothing is read while something waits to be sent: so a client that does not
 * read cannot fill our memory, only its own socket. Return: 1 if it has gone.
 */
static int echo(struct client *c)
{
    ssize_t n;

    if (c->start == c->end) {
        n = recv(c->fd, c->buf, sizeof c->buf, 0);
        c->start = 0;
        c->end = n > 0 ? (size_t)n : 0;
    } else {
        n = 1;
    }
    if (n > 0) {
        n = send(c->fd, c->buf + c->start, c->end - c->start, MSG_NOSIGNAL);
        c->start += n > 0 ? (size_t)n : 0;
    }
    if (n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR)))
        return 0;
    leave(c); /* 0: its end, and all is sent */
    return 1;
}

static int serve(int lfd, int n)
{
    struct pollfd p[1 + CLIENTS];
    int come = 0, gone = 0;

    while (gone < n) {
        p[0] = (struct pollfd){.fd = come < n ? lfd : -1, .events = POLLIN};
        for (int i = 0; i < n; i++)
            p[1 + i] = (struct pollfd){
                .fd = clients[i].fd,
                .events = clients[i].start < clients[i].end ? POLLOUT : POLLIN};
        if (poll(p, (nfds_t)n + 1, -1) == -1) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        for (int i = 0; i < n; i++)
            if (p[1 + i].revents != 0)
                gone += echo(&clients[i]);
        if (p[0].revents != 0) {
            clients[come].fd = accept4(lfd, NULL, NULL, SOCK_NONBLOCK);
            come += clients[come].fd != -1;
        }
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int n = argc == 3 ? atoi(argv[2]) : 0, lfd, rc;

    if (n < 1 || n > CLIENTS) {
        fprintf(stderr, "usage: hunt_2 PATH N\n");
        return 2;
    }
    for (int i = 0; i < CLIENTS; i++)
        clients[i].fd = -1;
    if ((lfd = listen_at(argv[1])) == -1) {
        perror("hunt_2: listen");
        return 1;
    }
    printf("READY\n");
    fflush(stdout);
    rc = serve(lfd, n);
    if (rc == -1)
        perror("hunt_2: poll");
    close(lfd);
    unlink(argv[1]);
    return rc == -1;
}
