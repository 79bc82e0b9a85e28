/* SPDX-License-Identifier: MIT */
/*
 * mqwatch /QUEUE1 /QUEUE2: print what arrives in either of two queues.
 *
 * On Linux a message queue descriptor is a file descriptor, so one ppoll()
 * waits for both queues and for SIGTERM, which is blocked everywhere else.
 * The queues belong to somebody else: they are not made and not removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUES = 2 };

struct watched {
    mqd_t queue;
    size_t size; /* of buf, the longest message there may be */
    char *buf;
};

static volatile sig_atomic_t stopping;

static void on_term(int sig)
{
    (void)sig;
    stopping = 1;
}

static int fail(const char *call)
{
    fprintf(stderr, "mqwatch: %s: %s\n", call, strerror(errno));
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

static int open_queue(struct watched *w, const char *name)
{
    struct mq_attr attr;

    w->queue = mq_open(name, O_RDONLY | O_NONBLOCK);
    if (w->queue == (mqd_t)-1)
        return fail("mq_open");
    if (mq_getattr(w->queue, &attr) == -1)
        return fail("mq_getattr");
    w->size = (size_t)attr.mq_msgsize;
    w->buf = malloc(w->size);
    return w->buf == NULL ? fail("malloc") : 0;
}

static int close_queue(struct watched *w)
{
    free(w->buf);
    if (w->queue != (mqd_t)-1 && mq_close(w->queue) == -1)
        return fail("mq_close");
    return 0;
}

/* Print all that is in the queue of this number now. Return: 0 or -1. */
static int print_messages(const struct watched *w, int number)
{
    ssize_t n;

    while ((n = mq_receive(w->queue, w->buf, w->size, NULL)) != -1)
        if (printf("%d %.*s\n", number, (int)n, w->buf) < 0 ||
            fflush(stdout) == EOF)
            return fail("write");
    return errno == EAGAIN ? 0 : fail("mq_receive"); /* never EINTR: no wait */
}

/* Print messages until SIGTERM, and then what is left. Return: 0 or -1. */
static int watch(const struct watched *w, const sigset_t *mask)
{
    struct pollfd ready[QUEUES];
    int last = 0;

    for (int i = 0; i < QUEUES; i++)
        ready[i] = (struct pollfd){.fd = w[i].queue, .events = POLLIN};
    for (;;) {
        for (int i = 0; i < QUEUES; i++)
            if (print_messages(&w[i], i + 1) == -1)
                return -1;
        if (last)
            return 0;
        if (ppoll(ready, QUEUES, NULL, mask) == -1 && errno != EINTR)
            return fail("ppoll");
        last = stopping;
    }
}

int main(int argc, char *argv[])
{
    struct watched w[QUEUES] = {{.queue = (mqd_t)-1}, {.queue = (mqd_t)-1}};
    sigset_t mask;
    int rc;

    if (argc != 1 + QUEUES || argv[1][0] != '/' || argv[2][0] != '/') {
        fprintf(stderr, "usage: mqwatch /QUEUE1 /QUEUE2\n");
        return 2;
    }
    rc = catch_term(&mask);
    for (int i = 0; i < QUEUES && rc == 0; i++)
        rc = open_queue(&w[i], argv[i + 1]);
    if (rc == 0 && (puts("READY") == EOF || fflush(stdout) == EOF))
        rc = fail("write");
    if (rc == 0)
        rc = watch(w, &mask);
    for (int i = 0; i < QUEUES; i++)
        if (close_queue(&w[i]) == -1)
            rc = -1;
    return rc == -1 ? 1 : 0;
}
