/* SPDX-License-Identifier: MIT */
/*
 * echod PORT|PATH [GRACE]: every client gets back what it sends.
 *
 * Processes: the parent accepts, a child for each client echoes (forked.c). One child more, the
 * logger, is there all the time: it waits for lines in a pipe. Who unlinks PATH: the parent.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

/* Pass on what comes from the servers, until the last of them has gone. */
static int log_lines(int from)
{
    char buf[512];
    ssize_t got;

    while ((got = read(from, buf, sizeof buf)) > 0)
        if (write(STDERR_FILENO, buf, (size_t)got) == -1)
            return 1;
    return 0;
}

/* Return: the logger's pid, or -1; *@to is where to write what it is to pass on. */
static pid_t start_logger(int lfd, int *to)
{
    int ends[2];
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) == -1)
        return -1;
    pid = fork();
    if (pid == 0) {
        close(lfd);
        close(ends[1]);
        _exit(log_lines(ends[0]));
    }
    close(ends[0]);
    *to = ends[1];
    return pid;
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
    int lfd, tcp, to, rc;
    pid_t logger;
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
    logger = start_logger(lfd, &to);
    if (logger == -1)
        return fail("fork");
    rc = tcp ? printf("READY %d\n", listen_port(lfd)) : printf("READY\n");
    if (rc < 0 || fflush(stdout) == EOF)
        rc = fail("write");
    else
        rc = forked_serve(lfd, (int)grace, echo) == -1 ? fail("accept") : 0;
    close(to);
    if (waitpid(logger, NULL, 0) == -1)
        rc = fail("waitpid");
    if (!tcp && unlink(argv[1]) == -1)
        rc = fail("unlink");
    return rc;
}
