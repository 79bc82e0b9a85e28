/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two connections over the loopback, to a listener for both families. The twin reads from the one
 * what only the other tells of. */
#include "pair.h"

#include <netinet/in.h>
#include <sys/socket.h>

int main(void)
{
    int *p = shared(2 * sizeof(*p));
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(any);
    int off = 0;
    int end[2];
    char c;
    int listener = socket(AF_INET6, SOCK_STREAM, 0);
    must(listener >= 0, "socket");
    setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    must(bind(listener, (void *)&any, sizeof(any)) == 0 && listen(listener, 4) == 0, "listen");
    must(getsockname(listener, (void *)&any, &size) == 0, "getsockname");
    to.sin_port = any.sin6_port;
    pid_t pid = start();
    if (pid == 0) {
        for (int i = 0; i < 2; i++) {
            end[i] = accept(listener, NULL, NULL);
            must(end[i] >= 0, "accept");
        }
        p[0] = 1;
        must(write(end[0], "a", 1) == 1, "write");
        p[1] = 1; /* [first] */
        must(write(end[1], "b", 1) == 1, "write");
        _exit(0);
    }
    for (int i = 0; i < 2; i++) {
        end[i] = socket(AF_INET, SOCK_STREAM, 0);
        must(connect(end[i], (void *)&to, sizeof(to)) == 0, "connect");
    }
    must(read(end[0], &c, 1) == 1, "read");
    int got = p[0];
    if (ORDERED)
        must(read(end[1], &c, 1) == 1, "read");
    got += p[1]; /* [second] */
    finish(pid);
    return got == 7;
}
