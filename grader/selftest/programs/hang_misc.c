/* SPDX-License-Identifier: MIT */
/* Deadlocks in poll and its kin, with file locks, with signals. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"

static void on_signal(int sig)
{
    (void)sig;
}

/* The child polls a pipe whose write end it holds itself. */
static void poll_self(void)
{
    int p[2];

    MUST(pipe(p));
    if (fork() == 0) {
        struct pollfd v[2] = {{.fd = p[0], .events = POLLIN}, {.fd = -1}};

        poll(v, 2, -1);
        _exit(0);
    }
    wait(NULL);
}

static void select_pipe(void)
{
    fd_set set;
    int p[2];

    MUST(pipe(p));
    FD_ZERO(&set);
    FD_SET(p[0], &set);
    select(p[0] + 1, &set, NULL, NULL, NULL);
}

static void epoll(void)
{
    struct epoll_event e = {.events = EPOLLIN};
    int p[2], ep;

    MUST(pipe(p));
    MUST(ep = epoll_create1(0));
    e.data.fd = p[0];
    MUST(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
    epoll_wait(ep, &e, 1, -1);
}

/* The child wants the parent's lock, the parent waits for the child. */
static void flocks(void)
{
    int fd;

    MUST(fd = open("book", O_CREAT | O_RDWR, 0600));
    MUST(flock(fd, LOCK_EX));
    if (fork() == 0) {
        MUST(fd = open("book", O_RDWR));
        flock(fd, LOCK_EX);
        _exit(0);
    }
    wait(NULL);
}

static void records(void)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd;

    MUST(fd = open("table", O_CREAT | O_RDWR, 0600));
    MUST(fcntl(fd, F_SETLKW, &l));
    if (fork() == 0) {
        fcntl(fd, F_SETLKW, &l);
        _exit(0);
    }
    wait(NULL);
}

/* The signal came before the wait for it. */
static void pauses(void)
{
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    pause();
}

static void sigwaits(void)
{
    sigset_t set;
    int sig;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigwait(&set, &sig);
}

static void suspends(void)
{
    sigset_t set;

    signal(SIGUSR1, on_signal);
    sigemptyset(&set);
    sigsuspend(&set);
}

static void stopped(void)
{
    if (fork() == 0) {
        raise(SIGSTOP);
        _exit(0);
    }
    wait(NULL);
}

static void event(void)
{
    long n;

    (void)!read(eventfd(0, 0), &n, 8);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"poll", poll_self},   {"select", select_pipe},  {"epoll", epoll},
        {"flock", flocks},     {"record", records},      {"pause", pauses},
        {"sigwait", sigwaits}, {"sigsuspend", suspends}, {"stopped", stopped},
        {"eventfd", event},
    };

    return RUN_MODE(modes);
}
