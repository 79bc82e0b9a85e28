/* SPDX-License-Identifier: MIT */
/* Partner for tests of peers. sock_talk MODE [PATH]; without PATH on a TCP port, which it prints:
 * `READY PORT`, else `READY`.
 *   echo     serve one client after another: send back what comes; says `end` or the errno's name
 *   pieces   print how many bytes each recv() of one client brought
 *   pour     send 300000 bytes to one client, then its end
 *   late     a queue of length 0; accept only after a while, and greet everybody
 *   pass     send one client the descriptor of a file that holds "passed"
 *   connect  connect to PATH; print what is in each descriptor that comes, then the bytes
 *   zombie   have a child that ends; `reap`: wait for it
 *   die      after READY end by SIGABRT, as soon as a client has come
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

union control {
    char bytes[CMSG_SPACE(sizeof(int) * 8)];
    struct cmsghdr align;
};

static struct sockaddr_un at_path(const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};

    strncpy(un.sun_path, path, sizeof un.sun_path - 1);
    return un;
}

static int listening(const char *path, int queue)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un un = at_path(path ? path : "");
    socklen_t len = sizeof in;
    int fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

    if (bind(fd, path ? (void *)&un : (void *)&in, path ? sizeof un : sizeof in) == -1 ||
        listen(fd, queue) == -1)
        exit(1);
    if (path)
        printf("READY\n");
    else if (getsockname(fd, (void *)&in, &len) == 0)
        printf("READY %d\n", ntohs(in.sin_port));
    fflush(stdout);
    return fd;
}

static void echo(int lfd)
{
    char buf[4096];
    ssize_t n;

    for (;;) {
        int fd = accept(lfd, NULL, NULL);

        while ((n = recv(fd, buf, sizeof buf, 0)) > 0)
            if (send(fd, buf, (size_t)n, MSG_NOSIGNAL) == -1)
                break;
        printf("%s\n", n == 0 ? "end" : strerrorname_np(errno));
        fflush(stdout);
        close(fd);
    }
}

static void pieces(int fd)
{
    char buf[4096];
    ssize_t n;

    while ((n = recv(fd, buf, sizeof buf, 0)) > 0)
        printf("%zd\n", n);
}

static void pour(int fd)
{
    static char buf[300000];

    memset(buf, 'p', sizeof buf);
    for (size_t done = 0; done < sizeof buf;)
        done += (size_t)send(fd, buf + done, sizeof buf - done, MSG_NOSIGNAL);
}

static void late(int lfd)
{
    poll(NULL, 0, 300);
    for (;;) {
        int fd = accept(lfd, NULL, NULL);

        send(fd, "hello\n", 6, MSG_NOSIGNAL);
    }
}

static void pass(int to)
{
    union control c = {0};
    char name[] = "passed.XXXXXX";
    int fd = mkstemp(name);
    struct iovec iov = {"x", 1};
    struct msghdr mh = {.msg_iov = &iov,
                        .msg_iovlen = 1,
                        .msg_control = c.bytes,
                        .msg_controllen = CMSG_SPACE(sizeof fd)};

    unlink(name);
    if (write(fd, "passed", 6) != 6)
        exit(1);
    c.align = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(&c.align), &fd, sizeof fd);
    sendmsg(to, &mh, 0);
}

static void connect_to(const char *path)
{
    struct sockaddr_un un = at_path(path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), got;
    union control c;
    char buf[64] = "", text[32];
    struct iovec iov = {buf, sizeof buf - 1};
    struct msghdr mh = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = c.bytes, .msg_controllen = sizeof c.bytes};

    if (connect(fd, (void *)&un, sizeof un) == -1 || recvmsg(fd, &mh, 0) <= 0)
        exit(1);
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&mh); h; h = CMSG_NXTHDR(&mh, h))
        for (size_t at = CMSG_LEN(0); at < h->cmsg_len; at += sizeof got) {
            ssize_t n;

            memcpy(&got, (char *)h + at, sizeof got);
            n = pread(got, text, sizeof text, 0);
            printf("%.*s\n", (int)n, text);
        }
    printf("%s\n", buf);
}

static void children(const char *mode)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    if (pid == -1) {
        perror("fork");
        exit(1);
    }
    if (strcmp(mode, "reap") == 0)
        waitpid(pid, NULL, 0);
    printf("READY\n");
    fflush(stdout);
    pause();
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "", *path = argc > 2 ? argv[2] : NULL;
    int lfd, fd;

    if (strcmp(mode, "connect") == 0) {
        connect_to(path);
        return 0;
    }
    if (strcmp(mode, "zombie") == 0 || strcmp(mode, "reap") == 0)
        children(mode);
    lfd = listening(path, strcmp(mode, "late") == 0 ? 0 : 16);
    if (strcmp(mode, "echo") == 0)
        echo(lfd);
    if (strcmp(mode, "late") == 0)
        late(lfd);
    fd = accept(lfd, NULL, NULL);
    if (strcmp(mode, "die") == 0)
        abort();
    if (strcmp(mode, "pieces") == 0)
        pieces(fd);
    else if (strcmp(mode, "pour") == 0)
        pour(fd);
    else if (strcmp(mode, "pass") == 0)
        pass(fd);
    return 0;
}
