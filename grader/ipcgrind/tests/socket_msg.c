/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sendmsg() -> recvmsg(), pieces gathered from and scattered to shared memory; MSG_PEEK orders as
 * the real receipt does, and takes nothing. The twin stores after the last send. */
#include "pair.h"

#include <sys/socket.h>

struct page {
    char out[2][4];
    char in[3][4];
    int data[3];
};

static ssize_t get(int socket, struct page *p, int flags)
{
    struct iovec iov[2] = {{p->in[0], 3}, {p->in[2], 3}};
    struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};
    return recvmsg(socket, &m, flags);
}

static void put(int socket, struct page *p)
{
    struct iovec iov[2] = {{p->out[0], 2}, {p->out[1], 4}};
    struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};
    must(sendmsg(socket, &m, 0) == 6, "sendmsg");
}

static void child(int stream, int message, struct page *p)
{
    memcpy(p->out, "abcdefgh", 8);
    p->data[0] = 1;
    put(stream, p);
    p->data[1] = 1;
    put(message, p);
    if (ORDERED)
        p->data[2] = 1;
    put(stream, p);
    if (!ORDERED)
        p->data[2] = 1; /* [first] */
    _exit(0);
}

int main(void)
{
    struct page *p = shared(sizeof(*p));
    int stream[2];
    int message[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, stream) == 0, "socketpair");
    must(socketpair(AF_UNIX, SOCK_DGRAM, 0, message) == 0, "socketpair");
    pid_t pid = start();
    if (pid == 0)
        child(stream[1], message[1], p);
    p->in[1][0] = 1;
    must(get(stream[0], p, MSG_PEEK) == 6, "recvmsg");
    int got = p->data[0];
    must(get(stream[0], p, MSG_WAITALL) == 6, "recvmsg");
    must(get(message[0], p, MSG_PEEK) == 6, "recvmsg");
    got += p->data[1];
    must(get(message[0], p, 0) == 6, "recvmsg");
    must(get(stream[0], p, MSG_WAITALL) == 6, "recvmsg");
    got += p->data[2]; /* [second] */
    finish(pid);
    return got == 77;
}
