/* SPDX-License-Identifier: MIT */
/*
 * vault PATH NAME: asks the vaultd at PATH for the file NAME and prints it.
 *
 * Who closes: the descriptor that comes is ours from then on.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "frame.h"
#include "vault.h"

static int fail(const char *what)
{
    fprintf(stderr, "vault: %s: %s\n", what, strerror(errno));
    return 1;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd == -1)
        return -1;
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == -1)
        return -1;
    return fd;
}

/* Take over what came beside the data: *@file, or -1 for what is not exactly
 * one descriptor. The room for one has padding that a second one fits into. */
static void take(struct msghdr *mh, int *file, int *count)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t at = CMSG_LEN(0); at < c->cmsg_len; at += sizeof(int)) {
            if (*file != -1)
                close(*file);
            memcpy(file, (char *)c + at, sizeof(int));
            ++*count;
        }
    }
    if (mh->msg_flags & MSG_CTRUNC)
        *count = -1000; /* some were thrown away: it can never be one */
}

/* The reply: *@error, and with 0 the descriptor *@file. Return: 0 or -1. */
static int receive(int fd, uint32_t *error, int *file)
{
    unsigned char bytes[VAULT_REPLY];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    size_t done = 0;
    int count = 0;

    while (done < VAULT_REPLY) {
        struct iovec iov = {bytes + done, VAULT_REPLY - done};
        struct msghdr mh = {.msg_iov = &iov,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
        ssize_t got = recvmsg(fd, &mh, MSG_CMSG_CLOEXEC);

        if (got == -1 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EPROTO;
        if (got <= 0)
            return -1;
        take(&mh, file, &count);
        done += (size_t)got;
    }
    memcpy(error, bytes + 1, sizeof *error); /* still in network order */
    if (bytes[0] == VAULT_VERSION && count == (*error == 0 ? 1 : 0))
        return 0;
    errno = EPROTO;
    return -1;
}

static int print(int file)
{
    char buf[65536];
    ssize_t got;

    while ((got = read(file, buf, sizeof buf)) > 0)
        if (fwrite(buf, 1, (size_t)got, stdout) != (size_t)got)
            return fail("write");
    if (got == -1)
        return fail("read");
    return fflush(stdout) == EOF ? fail("write") : 0;
}

int main(int argc, char *argv[])
{
    int fd, file = -1;
    uint32_t error;

    if (argc != 3 || *argv[1] == '\0' || *argv[2] == '\0' ||
        strlen(argv[2]) > VAULT_NAME) {
        fprintf(stderr, "usage: vault PATH NAME, with NAME of 1 to %d bytes\n",
                VAULT_NAME);
        return 2;
    }
    if ((fd = connect_to(argv[1])) == -1)
        return fail("connect");
    if (frame_write(fd, argv[2], strlen(argv[2])) == -1)
        return fail("send");
    if (receive(fd, &error, &file) == -1)
        return fail("recvmsg");
    if (error != 0) {
        fprintf(stderr, "vault: %s: %s\n", argv[2],
                strerror((int)ntohl(error)));
        return 3;
    }
    return print(file);
}
