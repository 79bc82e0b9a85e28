/* SPDX-License-Identifier: MIT */
/*
 * Listening sockets. Who closes them, and unlinks the path: the caller.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "listen.h"

/* After a failed call: close @fd and keep the reason. */
static int give_up(int fd)
{
    int why = errno;

    close(fd);
    errno = why;
    return -1;
}

long listen_number(const char *text, long max)
{
    unsigned long value = strtoul(text, NULL, 10);

    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return -1;
    /* A number too large for the type comes as the largest there is. */
    return value <= (unsigned long)max ? (long)value : -1;
}

int listen_tcp(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    if (fd == -1)
        return -1;
    /* Connections in TIME_WAIT would keep the port busy for a minute. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) == -1 ||
        listen(fd, LISTEN_QUEUE) == -1)
        return give_up(fd);
    return fd;
}

int listen_port(int fd)
{
    struct sockaddr_in address = {.sin_port = 0};
    socklen_t len = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &len) == -1)
        return -1;
    return ntohs(address.sin_port);
}

/* Does @address belong to a server that has gone? Nobody answers there. */
static int is_stale(const struct sockaddr_un *address)
{
    int fd, refused;
    struct stat st;

    if (lstat(address->sun_path, &st) == -1 || !S_ISSOCK(st.st_mode))
        return 0;
    /* Non-blocking: a live server with a full queue must not hold us up. */
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd == -1)
        return 0;
    refused =
        connect(fd, (const struct sockaddr *)address, sizeof *address) == -1 &&
        errno == ECONNREFUSED;
    close(fd);
    return refused;
}

/* bind(), with the mode that the socket's file is to have from the start. */
static int bind_private(int fd, const struct sockaddr_un *address)
{
    mode_t before = umask(0177);
    int rc = bind(fd, (const struct sockaddr *)address, sizeof *address);

    umask(before); /* never fails, and keeps errno */
    return rc;
}

int listen_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1)
        return -1;
    if (bind_private(fd, &address) == -1) {
        if (errno != EADDRINUSE)
            return give_up(fd);
        if (!is_stale(&address)) {
            errno = EADDRINUSE;
            return give_up(fd);
        }
        if (unlink(path) == -1 || bind_private(fd, &address) == -1)
            return give_up(fd);
    }
    if (listen(fd, LISTEN_QUEUE) == -1)
        return give_up(fd);
    return fd;
}
