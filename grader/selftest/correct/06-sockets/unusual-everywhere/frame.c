/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "frame.h"

static int read_all(int fd, void *buf, size_t n, size_t *done)
{
    for (*done = 0; *done < n;) {
        ssize_t got = recv(fd, (char *)buf + *done, n - *done, MSG_WAITALL);

        if (got == 0)
            break;
        if (got > 0)
            *done += (size_t)got;
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}

int frame_read(int fd, unsigned char **payload, size_t *len)
{
    unsigned char head[4], *p;
    size_t done, n;

    *payload = NULL;
    *len = 0;
    if (read_all(fd, head, 4, &done) == -1)
        return -1;
    if (done == 0)
        return 0;
    n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (done == 4 && n > FRAME_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    p = done == 4 ? calloc(n + 1, 1) : NULL;
    if (done == 4 && p == NULL)
        return -1;
    if (done < 4 || read_all(fd, p, n, &done) == -1 || done < n) {
        if (done < 4 || done < n)
            errno = errno == ECONNRESET ? errno : EPROTO;
        free(p);
        return -1;
    }
    *payload = p;
    *len = n;
    return 1;
}

int frame_write(int fd, const void *payload, size_t len)
{
    uint32_t head = htonl((uint32_t)len);
    struct iovec iov[2] = {{&head, 4}, {(void *)(uintptr_t)payload, len}};
    struct msghdr mh = {.msg_iov = iov, .msg_iovlen = 2};

    if (len > FRAME_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    while (iov[0].iov_len + iov[1].iov_len > 0) {
        ssize_t put = sendmsg(fd, &mh, MSG_NOSIGNAL);

        if (put == -1 && errno != EINTR)
            return -1;
        for (int i = 0; i < 2 && put > 0; i++) {
            size_t n = (size_t)put < iov[i].iov_len ? (size_t)put : iov[i].iov_len;

            iov[i].iov_base = (char *)iov[i].iov_base + n;
            iov[i].iov_len -= n;
            put -= (ssize_t)n;
        }
    }
    return 0;
}
