/* SPDX-License-Identifier: MIT */
/* One message, one packet, its descriptors beside it (unix(7), cmsg(3)). */
#include "gr_io.h"
#include "gr_proto.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

union control {
    char bytes[CMSG_SPACE(sizeof(int) * GR_MSG_FDS)];
    struct cmsghdr align;
};

int gr_msg_send(int sock, const struct gr_msg *m, const int *fds, size_t nfds)
{
    union control control = {0};
    struct iovec iov = {(void *)(uintptr_t)m, GR_MSG_HEAD + m->len};
    struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
    ssize_t n;

    if (nfds > GR_MSG_FDS || m->len > GR_MSG_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    if (nfds > 0) {
        struct cmsghdr *c;

        mh.msg_control = control.bytes;
        mh.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
        c = CMSG_FIRSTHDR(&mh);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
    }
    do
        n = sendmsg(sock, &mh, MSG_NOSIGNAL);
    while (n == -1 && errno == EINTR);
    return n == -1 ? -1 : 0;
}

/* Collect the descriptors of @mh into @fds. */
static void take_fds(struct msghdr *mh, int *fds, size_t *nfds)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
        size_t n;

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds + *nfds, CMSG_DATA(c), n * sizeof(int));
        *nfds += n;
    }
}

int gr_msg_recv(int sock, struct gr_msg *m, int *fds, size_t *nfds)
{
    union control control;
    struct iovec iov = {m, sizeof *m};
    struct msghdr mh = {.msg_iov = &iov,
                        .msg_iovlen = 1,
                        .msg_control = control.bytes,
                        .msg_controllen = sizeof control.bytes};
    int got[GR_MSG_FDS];
    size_t ngot = 0;
    ssize_t n;

    do
        n = recvmsg(sock, &mh, MSG_CMSG_CLOEXEC);
    while (n == -1 && errno == EINTR);
    if (n <= 0)
        return (int)n;
    take_fds(&mh, got, &ngot);
    if ((size_t)n < GR_MSG_HEAD || (size_t)n != GR_MSG_HEAD + m->len || !fds) {
        for (size_t i = 0; i < ngot; i++)
            close(got[i]);
        if ((size_t)n < GR_MSG_HEAD || (size_t)n != GR_MSG_HEAD + m->len) {
            errno = EBADMSG;
            return -1;
        }
        return 1;
    }
    memcpy(fds, got, ngot * sizeof(int));
    *nfds = ngot;
    return 1;
}
