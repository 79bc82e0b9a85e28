/* SPDX-License-Identifier: MIT */
/* Where Valgrinds deliver their logs: a loopback port of the jail (`--log-socket`).
 *
 * Not a pipe in the program (`--log-fd`): its descriptor can be opened again for reading through
 * /proc/self/fd and so robbed of lines, made non-blocking and drowned, or lost when a program
 * closes all descriptors before it execs another traced one (all measured with 3.19). A socket
 * cannot be opened through /proc, each exec'd image connects anew, and the program holds
 * nothing but 0, 1 and 2. Who connects uninvited can only add lines, and adding is seen. */
#include "gr_io.h"
#include "warden.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int log_listen(struct warden *w)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd == -1 || bind(fd, (struct sockaddr *)&at, len) == -1 || listen(fd, GR_MAX_LOGS) == -1 ||
        getsockname(fd, (struct sockaddr *)&at, &len) == -1) {
        int saved = errno;

        if (fd != -1)
            close(fd);
        errno = saved;
        return -1;
    }
    w->log_fd = fd;
    return ntohs(at.sin_port);
}

void log_accept(struct warden *w)
{
    static struct gr_msg m;

    for (;;) {
        int fd = accept4(w->log_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd == -1)
            return; /* EAGAIN; anything else is one lost log, which the judgement misses */
        if (w->nlogs++ < GR_MAX_LOGS) {
            m = (struct gr_msg){.type = GR_EV_LOG};
            say(w, &m, &fd, 1);
        }
        close(fd);
    }
}
