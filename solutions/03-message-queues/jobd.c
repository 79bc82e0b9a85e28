/* SPDX-License-Identifier: MIT */
/*
 * jobd /QUEUE: print the jobs that arrive in a POSIX message queue.
 *
 * The queue is made if it is not there. It is not waited for in mq_receive()
 * but in ppoll(): SIGTERM is blocked everywhere else, so it cannot come in
 * the gap between a look at `stopping` and the beginning of a wait.
 * jobd removes the queue, and only when it was told to end: after a failure
 * the jobs stay where they are.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"

static volatile sig_atomic_t stopping;

static void on_term(int sig)
{
    (void)sig;
    stopping = 1;
}

static int fail(const char *call)
{
    fprintf(stderr, "jobd: %s: %s\n", call, strerror(errno));
    return -1;
}

/* Block SIGTERM; *@before is the mask to wait with. */
static int catch_term(sigset_t *before)
{
    struct sigaction act = {.sa_handler = on_term};
    sigset_t term;

    sigemptyset(&act.sa_mask);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &term, before) == -1)
        return fail("sigprocmask");
    sigdelset(before, SIGTERM);
    return sigaction(SIGTERM, &act, NULL) == -1 ? fail("sigaction") : 0;
}

/* Open or make the queue. *@size: room that its longest message needs. */
static mqd_t open_queue(const char *name, size_t *size)
{
    struct mq_attr attr = {.mq_maxmsg = JOBS_MAXMSG,
                           .mq_msgsize = JOBS_MSGSIZE};
    mqd_t queue =
        mq_open(name, O_RDONLY | O_CREAT | O_NONBLOCK, JOBS_MODE, &attr);

    if (queue == (mqd_t)-1)
        return fail("mq_open");
    if (mq_getattr(queue, &attr) == -1) /* it may have been there before */
        return fail("mq_getattr");
    *size = (size_t)attr.mq_msgsize;
    return queue;
}

/* Print every job that is there now. Return: 0 when none is left, or -1. */
static int print_jobs(mqd_t queue, char *buf, size_t size)
{
    unsigned prio;
    ssize_t n;

    while ((n = mq_receive(queue, buf, size, &prio)) != -1)
        if (printf("%u %.*s\n", prio, (int)n, buf) < 0 || fflush(stdout) == EOF)
            return fail("write");
    return errno == EAGAIN ? 0 : fail("mq_receive"); /* never EINTR: no wait */
}

/* Print jobs until SIGTERM, and then what is left. Return: 0 or -1. */
static int serve(mqd_t queue, char *buf, size_t size, const sigset_t *mask)
{
    struct pollfd job = {.fd = queue, .events = POLLIN};
    int last = 0;

    for (;;) {
        if (print_jobs(queue, buf, size) == -1)
            return -1;
        if (last)
            return 0;
        if (ppoll(&job, 1, NULL, mask) == -1 && errno != EINTR)
            return fail("ppoll");
        last = stopping;
    }
}

static int run(const char *name)
{
    sigset_t mask;
    size_t size;
    char *buf;
    mqd_t queue;
    int rc = -1;

    if (catch_term(&mask) == -1)
        return -1;
    queue = open_queue(name, &size);
    if (queue == (mqd_t)-1)
        return -1;
    buf = malloc(size);
    if (buf == NULL)
        fail("malloc");
    else if (puts("READY") == EOF || fflush(stdout) == EOF)
        fail("write");
    else
        rc = serve(queue, buf, size, &mask);
    free(buf);
    if (rc == 0 && mq_unlink(name) == -1)
        rc = fail("mq_unlink");
    if (mq_close(queue) == -1)
        rc = fail("mq_close");
    return rc;
}

int main(int argc, char *argv[])
{
    if (argc != 2 || argv[1][0] != '/' || argv[1][1] == '\0' ||
        strchr(argv[1] + 1, '/') != NULL) {
        fprintf(stderr, "usage: jobd /QUEUE\n");
        return 2;
    }
    return run(argv[1]) == -1 ? 1 : 0;
}
