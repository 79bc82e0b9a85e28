/* SPDX-License-Identifier: MIT */
/*
 * mqwatch /QUEUE1 /QUEUE2: the way of mq_notify().
 *
 * Both queues tell by SIGUSR1 that they are no longer empty. SIGUSR1 and
 * SIGTERM are blocked but for sigsuspend(), so neither is missed. In each
 * round the notifications are asked for first, and the queues emptied then: a
 * message that comes in between has either been printed or brings a signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUES = 2 };

static mqd_t queue[QUEUES];
static char *room[QUEUES];
static size_t size[QUEUES];
static volatile sig_atomic_t stopping;

static void on_message(int sig)
{
    (void)sig; /* it only has to end sigsuspend() */
}

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

/* *@during: the mask to wait with. */
static int catch_signals(sigset_t *during)
{
    struct sigaction message = {.sa_handler = on_message};
    struct sigaction term = {.sa_handler = on_term};
    sigset_t both;

    sigemptyset(&message.sa_mask);
    sigemptyset(&term.sa_mask);
    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &both, during) == -1)
        return fail("sigprocmask");
    sigdelset(during, SIGUSR1);
    sigdelset(during, SIGTERM);
    if (sigaction(SIGUSR1, &message, NULL) == -1 || sigaction(SIGTERM, &term, NULL) == -1)
        return fail("sigaction");
    return 0;
}

static int open_queue(int i, const char *name)
{
    struct mq_attr attr;

    queue[i] = mq_open(name, O_RDONLY | O_NONBLOCK);
    if (queue[i] == (mqd_t)-1)
        return fail("mq_open");
    if (mq_getattr(queue[i], &attr) == -1)
        return fail("mq_getattr");
    size[i] = (size_t)attr.mq_msgsize;
    room[i] = malloc(size[i]);
    return room[i] == NULL ? fail("malloc") : 0;
}

/* EBUSY: the registration of an earlier round has not been used yet. */
static int ask(int i)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};

    if (mq_notify(queue[i], &event) == -1 && errno != EBUSY)
        return fail("mq_notify");
    return 0;
}

static int empty(int i)
{
    ssize_t n;

    while ((n = mq_receive(queue[i], room[i], size[i], NULL)) >= 0) {
        printf("%d %.*s\n", i + 1, (int)n, room[i]);
        if (fflush(stdout) == EOF)
            return fail("fflush");
    }
    return errno == EAGAIN ? 0 : fail("mq_receive");
}

static int watch(const sigset_t *during)
{
    for (;;) {
        int last = stopping;

        for (int i = 0; i < QUEUES; i++)
            if (ask(i) == -1)
                return -1;
        for (int i = 0; i < QUEUES; i++)
            if (empty(i) == -1)
                return -1;
        if (last)
            return 0;
        sigsuspend(during);
    }
}

int main(int argc, char *argv[])
{
    sigset_t during;

    if (argc != 3 || *argv[1] != '/' || *argv[2] != '/') {
        fprintf(stderr, "usage: mqwatch /QUEUE1 /QUEUE2\n");
        return 2;
    }
    if (catch_signals(&during) == -1 || open_queue(0, argv[1]) == -1 ||
        open_queue(1, argv[2]) == -1)
        return 1;
    if (puts("READY") == EOF || fflush(stdout) == EOF)
        return fail("puts") == -1;
    return watch(&during) == -1;
}
