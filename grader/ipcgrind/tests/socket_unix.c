/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connect and accept over a name, datagrams to another; the twin answers before it stores. */
#include "pair.h"

#include <sys/socket.h>
#include <sys/un.h>

static int made(int type, struct sockaddr_un *name)
{
    int fd = socket(AF_UNIX, type, 0);
    must(fd >= 0 && bind(fd, (void *)name, sizeof(*name)) == 0, "bind");
    return fd;
}

int main(void)
{
    int *p = shared(4 * sizeof(*p));
    struct sockaddr_un stream = {.sun_family = AF_UNIX};
    struct sockaddr_un mail = {.sun_family = AF_UNIX};
    char c;
    snprintf(stream.sun_path, sizeof(stream.sun_path), "/tmp/ipcgrind-%d.s", (int)getpid());
    snprintf(mail.sun_path, sizeof(mail.sun_path), "/tmp/ipcgrind-%d.d", (int)getpid());
    int listener = made(SOCK_STREAM, &stream);
    int box = made(SOCK_DGRAM, &mail);
    must(listen(listener, 4) == 0, "listen");
    pid_t pid = start();
    if (pid == 0) {
        int fd = accept(listener, NULL, NULL);
        must(fd >= 0 && read(fd, &c, 1) == 1, "read");
        int got = p[0];
        if (ORDERED)
            p[1] = 1;
        must(write(fd, "b", 1) == 1, "write");
        if (!ORDERED)
            p[1] = 1; /* [first] */
        must(recv(box, &c, 1, 0) == 1, "recv");
        _exit(got + p[2] == 7);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    must(connect(fd, (void *)&stream, sizeof(stream)) == 0, "connect");
    p[0] = 1;
    must(write(fd, "a", 1) == 1, "write");
    must(read(fd, &c, 1) == 1, "read");
    int got = p[1]; /* [second] */
    p[2] = 1;
    int out = socket(AF_UNIX, SOCK_DGRAM, 0);
    must(sendto(out, "c", 1, 0, (void *)&mail, sizeof(mail)) == 1, "sendto");
    finish(pid);
    unlink(stream.sun_path);
    unlink(mail.sun_path);
    return got == 7;
}
