/* SPDX-License-Identifier: MIT */
/*
 * echod PORT|PATH [GRACE]: every client gets back what it sends.
 *
 * Processes: the parent accepts, a child for each client echoes (forked.c). Who
 * unlinks PATH: the parent, at its end.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "forked.h"
#include "listen.h"

enum { GRACE_MAX = 60, PORT_MAX = 65535 };

static int fail(const char *what)
{
    fprintf(stderr, "echod: %s: %s\n", what, strerror(errno));
    return 1;
}

static int send_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t put = send(fd, data, n, MSG_NOSIGNAL);

        if (put == -1 && errno == EINTR)
            continue;
        if (put == -1)
            return -1;
        data += put;
        n -= (size_t)put;
    }
    return 0;
}

/* In the child: until the client's end. A client that breaks off is no error
 * of ours. */
static int echo(int fd)
{
    char buf[16384];
    ssize_t got;

    for (;;) {
        got = recv(fd, buf, sizeof buf, 0);
        if (got == -1 && errno == EINTR)
            continue;
        if (got <= 0 || send_all(fd, buf, (size_t)got) == -1)
            return 0;
    }
}

static int usage(void)
{
    fprintf(stderr,
            "usage: echod PORT|PATH [GRACE], with PORT from 0 to %d "
            "and GRACE from 0 to %d seconds\n",
            PORT_MAX, GRACE_MAX);
    return 2;
}

int main(int argc, char *argv[])
{
    long grace = argc > 2 ? listen_number(argv[2], GRACE_MAX) : FORKED_GRACE;
    int lfd, tcp, rc;
    long port;

    if (argc < 2 || argc > 3 || *argv[1] == '\0' || grace == -1)
        return usage();
    tcp = argv[1][strspn(argv[1], "0123456789")] == '\0';
    port = listen_number(argv[1], PORT_MAX);
    if (tcp && port == -1)
        return usage();
    if (forked_prepare() == -1)
        return fail("sigaction");
    lfd = tcp ? listen_tcp((unsigned)port) : listen_unix(argv[1]);
    if (lfd == -1)
        return fail("bind");
    rc = tcp ? printf("READY %d\n", listen_port(lfd)) : printf("READY\n");
    if (rc < 0 || fflush(stdout) == EOF)
        rc = fail("write");
    else
        rc = forked_serve(lfd, (int)grace, echo) == -1 ? fail("accept") : 0;
    if (!tcp && unlink(argv[1]) == -1)
        rc = fail("unlink");
    return rc;
}
