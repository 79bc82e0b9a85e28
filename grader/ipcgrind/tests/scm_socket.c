/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An end of a pair of sockets, sent over another socket: who has it now sends by it. The twin
 * stores after that. */
#include "pair.h"

#include <sys/socket.h>

static int take(int socket)
{
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    char byte = 0;
    int fd = -1;
    struct iovec iov = {.iov_base = &byte, .iov_len = 1};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room};
    m.msg_controllen = sizeof(control.room);
    must(recvmsg(socket, &m, 0) == 1 && CMSG_FIRSTHDR(&m), "recvmsg");
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
    return fd;
}

static void give(int socket, int fd)
{
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    char byte = 0;
    struct iovec iov = {.iov_base = &byte, .iov_len = 1};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room};
    m.msg_controllen = sizeof(control.room);
    CMSG_FIRSTHDR(&m)->cmsg_level = SOL_SOCKET;
    CMSG_FIRSTHDR(&m)->cmsg_type = SCM_RIGHTS;
    CMSG_FIRSTHDR(&m)->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &fd, sizeof(fd));
    must(sendmsg(socket, &m, 0) == 1, "sendmsg");
}

int main(void)
{
    int *p = shared(sizeof(*p));
    int way[2];
    int pair[2];
    char byte = 0;
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, way) == 0, "socketpair");
    pid_t pid = start();
    if (pid == 0) {
        int fd = take(way[1]);
        if (ORDERED)
            *p = 1;
        must(send(fd, "x", 1, 0) == 1, "send");
        if (!ORDERED)
            *p = 1; /* [first] */
        _exit(0);
    }
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
    give(way[0], pair[1]);
    must(recv(pair[0], &byte, 1, 0) == 1, "recv");
    int got = *p; /* [second] */
    finish(pid);
    return got == 77;
}
