/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "forked.h"

enum { TICK_MS = 200 };

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
    (void)sig;
    stop = 1;
}

int forked_prepare(void)
{
    signal(SIGCHLD, SIG_IGN);
    return signal(SIGTERM, on_term) == SIG_ERR ? -1 : 0; /* with SA_RESTART */
}

static void serve_one(int lfd, int (*serve)(int fd))
{
    struct pollfd p = {.fd = lfd, .events = POLLIN};
    int fd;

    if (poll(&p, 1, TICK_MS) != 1 || (fd = accept(lfd, NULL, NULL)) == -1)
        return;
    if (fork() == 0) {
        signal(SIGTERM, SIG_DFL);
        close(lfd);
        _exit(serve(fd));
    }
    close(fd);
}

int forked_serve(int lfd, int grace, int (*serve)(int fd))
{
    time_t end;

    setpgid(0, 0); /* for the kill at the end: the children are our group */
    while (!stop)
        serve_one(lfd, serve);
    close(lfd);
    end = time(NULL) + grace;
    while (waitpid(-1, NULL, WNOHANG) != -1 && time(NULL) < end)
        poll(NULL, 0, TICK_MS / 10);
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
    while (waitpid(-1, NULL, 0) != -1 || errno == EINTR)
        continue;
    return 0;
}
