/* SPDX-License-Identifier: MIT */
/*
 * sock_tcp: a server and a client on loopback, one
 * conversation. The port is free choice.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

typedef struct sockaddr addr;

/* slide listen */
static int listen_anywhere(struct sockaddr_in *at)
{
    socklen_t len = sizeof *at;
    int fd = check(socket(AF_INET, SOCK_STREAM, 0), "socket");

    at->sin_family = AF_INET;
    at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at->sin_port = htons(0); /* 0: any free port */
    check(bind(fd, (addr *)at, len), "bind");
    check(listen(fd, 8), "listen");
    check(getsockname(fd, (addr *)at, &len), "getsockname");
    return fd; /* now clients can connect */
}
/* end listen */

/* slide client */
static void client(const struct sockaddr_in *at)
{
    int fd = check(socket(AF_INET, SOCK_STREAM, 0), "socket");

    check(connect(fd, (const addr *)at, sizeof *at), "connect");
    check_n(send(fd, "hello", 5, MSG_NOSIGNAL), "send");
    check(close(fd), "close"); /* the server reads 0 */
    _exit(0);
}
/* end client */

int main(void)
{
    struct sockaddr_in at = {0};
    int listener = listen_anywhere(&at);

    /* slide serve */
    char byte;
    int fd, count = 0;

    if (check(fork(), "fork") == 0)
        client(&at);
    fd = check(accept(listener, NULL, NULL), "accept");
    while (check_n(recv(fd, &byte, 1, 0), "recv") == 1)
        count++;
    printf("%d bytes, then the end\n", count);
    check(close(fd), "close");
    /* end serve */
    check(close(listener), "close");
    check(wait(NULL), "wait");
    return 0;
}
