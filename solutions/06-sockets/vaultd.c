/* SPDX-License-Identifier: MIT */
/*
 * vaultd PATH DIR: passes descriptors of files in DIR to the same user.
 *
 * A child for each client answers (forked.c). Our copy of a passed descriptor
 * is closed by us, at once after sendmsg().
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forked.h"
#include "frame.h"
#include "listen.h"
#include "vault.h"

static int dir_fd; /* DIR */

static int fail(const char *what)
{
    fprintf(stderr, "vaultd: %s: %s\n", what, strerror(errno));
    return 1;
}

/* Room for one descriptor, aligned as the kernel wants it. */
union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* Reply @error; with 0 the descriptor @fd goes beside the first byte. */
static int reply(int to, int error, int fd)
{
    uint32_t word = htonl((uint32_t)error);
    unsigned char bytes[VAULT_REPLY] = {VAULT_VERSION};
    union control control = {0};
    struct iovec iov = {bytes, sizeof bytes};
    struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};

    memcpy(bytes + 1, &word, sizeof word);
    if (error == 0) {
        mh.msg_control = control.bytes;
        mh.msg_controllen = sizeof control.bytes;
        control.align.cmsg_level = SOL_SOCKET;
        control.align.cmsg_type = SCM_RIGHTS;
        control.align.cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(&control.align), &fd, sizeof fd);
    }
    while (iov.iov_len > 0) {
        ssize_t put = sendmsg(to, &mh, MSG_NOSIGNAL);

        if (put == -1 && errno == EINTR)
            continue;
        if (put == -1)
            return -1;
        iov.iov_base = (char *)iov.iov_base + put;
        iov.iov_len -= (size_t)put;
        mh.msg_control = NULL; /* it went with the first byte */
        mh.msg_controllen = 0;
    }
    return 0;
}

/* Open the regular file @name of DIR itself. Return: descriptor, or -1. */
static int open_name(const char *name, size_t len)
{
    struct stat st;
    int fd;

    if (len == 0 || len > VAULT_NAME || strlen(name) != len ||
        strchr(name, '/') != NULL) {
        errno = EINVAL;
        return -1;
    }
    /* O_NONBLOCK: a FIFO must not hold us; it means nothing for a file. */
    fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd != -1 && (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))) {
        close(fd);
        fd = -1;
        errno = EACCES;
    }
    return fd;
}

/* Return: 0, or -1 if the client is gone. */
static int answer(int to, const unsigned char *payload, size_t len)
{
    char *name = strndup((const char *)payload, len);
    int fd, rc;

    if (name == NULL)
        return reply(to, ENOMEM, -1);
    fd = open_name(name, len);
    free(name);
    rc = reply(to, fd == -1 ? errno : 0, fd);
    if (fd != -1)
        close(fd);
    return rc;
}

/* In the child. Who it is, the kernel says, not the client. */
static int serve(int fd)
{
    struct ucred who;
    socklen_t size = sizeof who;
    unsigned char *payload;
    size_t len;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == -1)
        return fail("getsockopt");
    while (frame_read(fd, &payload, &len) == 1) {
        int rc = who.uid == geteuid() ? answer(fd, payload, len)
                                      : reply(fd, EPERM, -1);

        free(payload);
        if (rc == -1)
            break;
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int lfd, rc;

    if (argc != 3 || *argv[1] == '\0') {
        fprintf(stderr, "usage: vaultd PATH DIR\n");
        return 2;
    }
    dir_fd = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd == -1)
        return fail("open");
    if (forked_prepare() == -1)
        return fail("sigaction");
    if ((lfd = listen_unix(argv[1])) == -1)
        return fail("bind");
    if (printf("READY\n") < 0 || fflush(stdout) == EOF)
        rc = fail("write");
    else
        rc = forked_serve(lfd, FORKED_GRACE, serve) == -1 ? fail("accept") : 0;
    if (unlink(argv[1]) == -1)
        rc = fail("unlink");
    return rc;
}
