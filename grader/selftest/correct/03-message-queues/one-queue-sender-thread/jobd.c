/* SPDX-License-Identifier: MIT */
/* jobd /QUEUE: epoll and a signalfd; one buffer for whatever a user's queue may hold. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "jobs.h"

static char buf[8192 + 1];

_Noreturn static void die(const char *call)
{
    fprintf(stderr, "jobd: %s: %s\n", call, strerror(errno));
    exit(1);
}

static mqd_t open_queue(const char *name)
{
    struct mq_attr attr = {.mq_maxmsg = JOBS_MAXMSG, .mq_msgsize = JOBS_MSGSIZE};
    struct mq_attr flags = {.mq_flags = O_NONBLOCK};
    mqd_t queue = mq_open(name, O_RDONLY | O_CREAT | O_EXCL, 0600, &attr);

    if (queue == (mqd_t)-1 && errno == EEXIST)
        queue = mq_open(name, O_RDONLY);
    if (queue == (mqd_t)-1)
        die("mq_open");
    if (mq_setattr(queue, &flags, NULL) == -1)
        die("mq_setattr");
    return queue;
}

/* Return: whether there was a job. */
static int print_one(mqd_t queue)
{
    unsigned prio;
    ssize_t n = mq_receive(queue, buf, sizeof buf - 1, &prio);

    if (n == -1 && errno != EAGAIN)
        die("mq_receive");
    if (n == -1)
        return 0;
    buf[n] = '\0';
    if (dprintf(STDOUT_FILENO, "%u %s\n", prio, buf) < 0)
        die("dprintf");
    return 1;
}

static void serve(mqd_t queue, int end, int both)
{
    struct epoll_event e = {.events = EPOLLIN, .data.fd = queue};

    if (epoll_ctl(both, EPOLL_CTL_ADD, queue, &e) == -1)
        die("epoll_ctl");
    e.data.fd = end;
    if (epoll_ctl(both, EPOLL_CTL_ADD, end, &e) == -1)
        die("epoll_ctl");
    for (;;) {
        if (epoll_wait(both, &e, 1, -1) == -1) {
            if (errno == EINTR)
                continue;
            die("epoll_wait");
        }
        if (e.data.fd == end)
            break;
        print_one(queue);
    }
    while (print_one(queue))
        ;
}

int main(int argc, char *argv[])
{
    int end, both;
    sigset_t term;
    mqd_t queue;

    if (argc != 2 || strlen(argv[1]) < 2 || strrchr(argv[1], '/') != argv[1]) {
        fputs("usage: jobd /QUEUE\n", stderr);
        return 2;
    }
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    end = signalfd(-1, &term, 0);
    both = epoll_create1(0);
    if (end == -1 || both == -1)
        die(end == -1 ? "signalfd" : "epoll_create1");
    queue = open_queue(argv[1]);
    if (dprintf(STDOUT_FILENO, "READY\n") < 0)
        die("dprintf");
    serve(queue, end, both);
    if (mq_unlink(argv[1]) == -1)
        die("mq_unlink");
    return 0;
}
