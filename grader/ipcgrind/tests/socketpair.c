/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pair of stream sockets and one of datagrams: byte by byte, message by message, and the end of
 * file. The twin reads what only the second byte tells of. */
#include "pair.h"

#include <sys/socket.h>

int main(void)
{
    int *p = shared(4 * sizeof(*p));
    int stream[2];
    int message[2];
    char c[8];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, stream) == 0, "socketpair");
    must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, message) == 0, "socketpair");
    pid_t pid = start();
    if (pid == 0) {
        close(stream[0]);
        p[0] = 1;
        must(write(stream[1], "a", 1) == 1, "write");
        p[1] = 1; /* [first] */
        must(send(stream[1], "b", 1, 0) == 1, "send");
        p[2] = 1;
        must(send(message[1], "message", 7, 0) == 7, "send");
        p[3] = 1;
        close(stream[1]);
        pause();
    }
    close(stream[1]);
    must(recv(stream[0], c, 1, 0) == 1, "recv");
    int got = p[0];
    if (ORDERED)
        must(read(stream[0], c, 1) == 1, "read");
    got += p[1]; /* [second] */
    must(recv(message[0], c, sizeof(c), 0) == 7, "recv");
    got += p[2];
    while (read(stream[0], c, 1) == 1)
        ;
    got += p[3];
    kill(pid, SIGKILL);
    finish(pid);
    return got == 7;
}
