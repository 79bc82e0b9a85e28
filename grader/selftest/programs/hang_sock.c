/* SPDX-License-Identifier: MIT */
/* Deadlocks with sockets. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"

static char big[1 << 20];

static int listener(struct sockaddr_in *a)
{
    socklen_t len = sizeof *a;
    int s;

    *a = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    MUST(s = socket(AF_INET, SOCK_STREAM, 0));
    MUST(bind(s, (struct sockaddr *)a, sizeof *a));
    MUST(listen(s, 1));
    MUST(getsockname(s, (struct sockaddr *)a, &len));
    return s;
}

static void no_client(void)
{
    struct sockaddr_un a = {AF_UNIX, "door"};
    int s;

    MUST(s = socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(bind(s, (struct sockaddr *)&a, sizeof a));
    MUST(listen(s, 1));
    accept(s, NULL, NULL);
}

/* Both wait for the other to speak. */
static void both_receive(void)
{
    int s[2];

    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    if (fork() == 0) {
        close(s[0]);
        recv(s[1], big, 1, 0);
        _exit(0);
    }
    close(s[1]);
    recv(s[0], big, 1, 0);
}

/* The child inherited the parent's end and never sees the end of the stream. */
static void keeps_end(void)
{
    int s[2];

    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    if (fork() == 0) {
        while (recv(s[1], big, sizeof big, 0) > 0)
            ;
        _exit(0);
    }
    close(s[0]);
    close(s[1]);
    wait(NULL);
}

static void tcp(void)
{
    struct sockaddr_in a;
    int l = listener(&a), s;

    if (fork() == 0) {
        close(l);
        MUST(s = socket(AF_INET, SOCK_STREAM, 0));
        MUST(connect(s, (struct sockaddr *)&a, sizeof a));
        recv(s, big, 1, 0);
        _exit(0);
    }
    MUST(s = accept(l, NULL, NULL));
    recv(s, big, 1, 0);
}

/* A client that does not read stalls the server. */
static void both_send(void)
{
    int s[2];

    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    if (fork() == 0) {
        close(s[0]);
        send(s[1], big, sizeof big, 0);
        _exit(0);
    }
    close(s[1]);
    send(s[0], big, sizeof big, 0);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {{"no-client", no_client},
                                        {"both-receive", both_receive},
                                        {"keeps-end", keeps_end},
                                        {"tcp", tcp},
                                        {"both-send", both_send}};

    return RUN_MODE(modes);
}
