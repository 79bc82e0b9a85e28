/* SPDX-License-Identifier: MIT */
/*
 * jobd /QUEUE: the way of signalfd and epoll.
 *
 * SIGTERM is blocked for good and read from a descriptor, beside the queue's.
 */
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

static int fail(const char *call)
{
    fprintf(stderr, "jobd: %s: %s\n", call, strerror(errno));
    return -1;
}

static int print_jobs(mqd_t queue, char *buf, size_t size)
{
    unsigned prio;
    ssize_t n;

    for (;;) {
        n = mq_receive(queue, buf, size, &prio);
        if (n == -1)
            return errno == EAGAIN ? 0 : fail("mq_receive");
        printf("%u ", prio);
        fwrite(buf, 1, (size_t)n, stdout);
        putchar('\n');
        if (fflush(stdout) == EOF)
            return fail("fflush");
    }
}

static int watch_fd(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1 ? fail("epoll_ctl") : 0;
}

static int serve(mqd_t queue, int term, int epoll)
{
    struct mq_attr attr;
    struct epoll_event event;
    char *buf;
    int rc = -1;

    if (watch_fd(epoll, queue) == -1 || watch_fd(epoll, term) == -1)
        return -1;
    if (mq_getattr(queue, &attr) == -1)
        return fail("mq_getattr");
    buf = malloc((size_t)attr.mq_msgsize);
    if (buf == NULL)
        return fail("malloc");
    for (;;) {
        int n = epoll_wait(epoll, &event, 1, -1);

        if (n == -1 && errno != EINTR) {
            fail("epoll_wait");
            break;
        }
        rc = print_jobs(queue, buf, (size_t)attr.mq_msgsize);
        if (rc == -1 || (n == 1 && event.data.fd == term))
            break;
    }
    free(buf);
    return rc;
}

int main(int argc, char *argv[])
{
    struct mq_attr attr = {.mq_maxmsg = JOBS_MAXMSG, .mq_msgsize = JOBS_MSGSIZE};
    const char *name = argc == 2 ? argv[1] : "";
    int term, epoll;
    sigset_t set;
    mqd_t queue;

    if (name[0] != '/' || strlen(name) < 2 || strrchr(name, '/') != name) {
        fprintf(stderr, "usage: jobd /QUEUE\n");
        return 2;
    }
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    term = signalfd(-1, &set, SFD_CLOEXEC);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (term == -1 || epoll == -1)
        return fail(term == -1 ? "signalfd" : "epoll_create1") == -1;
    queue = mq_open(name, O_RDONLY | O_CREAT | O_NONBLOCK, JOBS_MODE, &attr);
    if (queue == (mqd_t)-1)
        return fail("mq_open") == -1;
    puts("READY");
    if (fflush(stdout) == EOF)
        return fail("fflush") == -1;
    if (serve(queue, term, epoll) == -1)
        return 1;
    return mq_unlink(name) == -1 ? fail("mq_unlink") == -1 : 0;
}
