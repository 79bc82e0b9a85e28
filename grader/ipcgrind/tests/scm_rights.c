/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors sent over a socket: a pipe that orders, and memory that is shared only so. The twin
 * stores after the write. */
#include "pair.h"

#include <sys/socket.h>

enum { PAGE = 4096 };

/* Sends the two descriptors, or receives them. */
static void pass(int socket, int fd[2], bool send)
{
    union {
        char room[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    char byte = 'f';
    struct iovec iov = {.iov_base = &byte, .iov_len = 1};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room};
    m.msg_controllen = sizeof(control.room);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (send) {
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(2 * sizeof(int));
        memcpy(CMSG_DATA(c), fd, 2 * sizeof(int));
        must(sendmsg(socket, &m, 0) == 1, "sendmsg");
        return;
    }
    must(recvmsg(socket, &m, 0) == 1, "recvmsg");
    c = CMSG_FIRSTHDR(&m);
    must(c && c->cmsg_type == SCM_RIGHTS, "SCM_RIGHTS");
    memcpy(fd, CMSG_DATA(c), 2 * sizeof(int));
}

static int *map(int fd)
{
    int *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(p != MAP_FAILED, "mmap");
    return p;
}

static void child(int socket)
{
    int fd[2];
    char byte = 0;
    pass(socket, fd, false);
    int *p = map(fd[0]);
    int got = p[0];
    must(read(fd[1], &byte, 1) == 1, "read");
    got += p[7]; /* [second] */
    _exit(got == 77);
}

int main(void)
{
    int pair[2];
    int end[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
    pid_t pid = start();
    if (pid == 0)
        child(pair[1]);
    int fd = memfd_create("passed", 0);
    must(fd >= 0 && ftruncate(fd, PAGE) == 0 && pipe(end) == 0, "memfd_create");
    int *p = map(fd);
    p[0] = 1;
    pass(pair[0], (int[2]){fd, end[0]}, true);
    if (ORDERED)
        p[7] = 1;
    must(write(end[1], "x", 1) == 1, "write");
    if (!ORDERED)
        p[7] = 1; /* [first] */
    finish(pid);
}
