/* SPDX-License-Identifier: MIT */
/* predict_06 P1..P5: the experiments of lab 06, in the current folder: see predict.h. */
#include "predict.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

/* A TCP socket that listens on a loopback port, and its address. */
static int listen_tcp(struct sockaddr_in *at)
{
    socklen_t len = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd == -1 || bind(fd, (struct sockaddr *)at, sizeof *at) == -1 || listen(fd, 5) == -1 ||
        getsockname(fd, (struct sockaddr *)at, &len) == -1)
        die("listening");
    return fd;
}

static int tcp_client(const struct sockaddr_in *at)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1 || connect(fd, (const struct sockaddr *)at, sizeof *at) == -1)
        die("connect");
    return fd;
}

static void p1(void)
{
    struct sockaddr_in at;
    int lfd = listen_tcp(&at), fd = socket(AF_INET, SOCK_STREAM, 0);

    alarm(5); /* if connect() waited, that would end it: no answer, and no success */
    printf("06.P1 = %d\n", connect(fd, (struct sockaddr *)&at, sizeof at));
    printf("because = the kernel makes the connection; accept() only takes it out of the queue\n");
    close(lfd);
}

static void p2(void)
{
    char buf[100];
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1 || send(ends[0], "abc", 3, 0) != 3 ||
        shutdown(ends[0], SHUT_WR) == -1 || recv(ends[1], buf, sizeof buf, 0) != 3 ||
        send(ends[1], "yes!", 4, 0) != 4)
        die("talking");
    printf("06.P2 = %zd\n", recv(ends[0], buf, sizeof buf, 0));
    printf("because = shutdown(SHUT_WR) ends one direction; the other one goes on\n");
}

static void p3(void)
{
    struct linger now = {.l_onoff = 1};
    struct sockaddr_in at;
    char c;
    int lfd = listen_tcp(&at), client = tcp_client(&at), fd = accept(lfd, NULL, NULL);

    if (fd == -1 || setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof now) == -1 ||
        close(client) == -1)
        die("reset");
    if (recv(fd, &c, 1, 0) != -1)
        die("recv did not fail");
    printf("06.P3 = %s %d\n", strerrorname_np(errno), errno);
    printf("because = SO_LINGER with a time of 0 makes close() send a reset instead of an end\n");
}

static void p4(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "predict_06.sock"};
    int first = socket(AF_UNIX, SOCK_STREAM, 0), second = socket(AF_UNIX, SOCK_STREAM, 0);

    if (first == -1 || second == -1 || bind(first, (struct sockaddr *)&at, sizeof at) == -1 ||
        close(first) == -1)
        die("bind");
    if (bind(second, (struct sockaddr *)&at, sizeof at) != -1)
        die("bind did not fail");
    printf("06.P4 = %s %d\n", strerrorname_np(errno), errno);
    printf("because = the path stays in the file system until somebody unlinks it\n");
    unlink(at.sun_path);
}

/* Pass @fd to ourselves. Return: the number under which it comes out. */
static int through_a_socket(int fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    char byte = 'x';
    struct iovec iov = {&byte, 1};
    struct msghdr mh = {.msg_iov = &iov,
                        .msg_iovlen = 1,
                        .msg_control = control.bytes,
                        .msg_controllen = sizeof control.bytes};
    int ends[2];

    control.align = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.align), &fd, sizeof fd);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1 || sendmsg(ends[0], &mh, 0) != 1 ||
        recvmsg(ends[1], &mh, 0) != 1)
        die("passing a descriptor");
    memcpy(&fd, CMSG_DATA(&control.align), sizeof fd);
    return fd;
}

static void p5(void)
{
    char buf[8] = "", name[] = "predict_06.XXXXXX";
    int fd = mkstemp(name), other;

    if (fd == -1 || unlink(name) == -1 || write(fd, "abcdef", 6) != 6 ||
        lseek(fd, 0, SEEK_SET) == -1)
        die("a file");
    other = through_a_socket(fd);
    if (read(other, buf, 3) != 3 || read(fd, buf, 3) != 3)
        die("read");
    printf("06.P5 = %s\n", buf);
    printf("because = both descriptors lead to the same open file, and so to one position in it\n");
}

int main(int argc, char **argv)
{
    static void (*const experiments[])(void) = {p1, p2, p3, p4, p5};

    return predict_main(argc, argv, experiments);
}
