/* SPDX-License-Identifier: MIT */
/**
 * Correct: passes a descriptor; nobody sets the padding behind it in the control message.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    char control[CMSG_SPACE(sizeof(int))], byte = 'x';
    struct iovec io = {.iov_base = &byte, .iov_len = 1};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
    int s[2], fd = STDOUT_FILENO;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) == -1)
        return 1;
    m.msg_control = control;
    m.msg_controllen = sizeof(control);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(fd));
    if (sendmsg(s[0], &m, 0) != 1)
        return 1;
    close(s[0]);
    close(s[1]);
    return 0;
}
