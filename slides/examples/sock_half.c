/* SPDX-License-Identifier: MIT */
/*
 * sock_half: to end one direction, and still hear the answer.
 */
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void answer(int fd)
{
    char byte;
    int count = 0;

    while (check_n(read(fd, &byte, 1), "read") == 1)
        count++;
    check(dprintf(fd, "%d bytes came\n", count), "dprintf");
    _exit(0);
}

int main(void)
{
    int pair[2];
    char buf[64];
    ssize_t got;

    check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair),
          "socketpair");
    if (check(fork(), "fork") == 0) {
        check(close(pair[0]), "close");
        answer(pair[1]);
    }
    check(close(pair[1]), "close");
    /* slide half */
    check_n(write(pair[0], "twelve bytes", 12), "write");
    check(shutdown(pair[0], SHUT_WR), "shutdown");
    got = check_n(read(pair[0], buf, sizeof buf), "read");
    printf("%.*s", (int)got, buf);
    /* end half */
    check(close(pair[0]), "close");
    check(wait(NULL), "wait");
    return 0;
}
