/* SPDX-License-Identifier: MIT */
/*
 * mqwatch /QUEUE1 /QUEUE2: the way of one blocked receiver for each queue.
 *
 * Two children receive, a queue each, with a time limit that lies far in the
 * future. The handler of SIGTERM moves the limit into the past: so the call
 * that the child makes next returns at once, whether the signal came during a
 * wait (EINTR) or just before it. The parent passes SIGTERM on and waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { QUEUES = 2, FAR_AWAY = 1000000000 };

static volatile struct timespec limit;
static pid_t child[QUEUES];

static int fail(const char *call)
{
    fprintf(stderr, "mqwatch: %s: %s\n", call, strerror(errno));
    return -1;
}

static void on_term(int sig)
{
    (void)sig;
    limit.tv_sec = 0;
}

static int catch_term(void)
{
    struct sigaction act = {.sa_handler = on_term};

    sigemptyset(&act.sa_mask);
    return sigaction(SIGTERM, &act, NULL) == -1 ? fail("sigaction") : 0;
}

/* Until SIGTERM, and then until the queue is empty. Return: 0 or -1. */
static int print_all(mqd_t queue, int number)
{
    struct mq_attr attr;
    char line[16384], *text;
    ssize_t n;
    int head;

    if (mq_getattr(queue, &attr) == -1)
        return fail("mq_getattr");
    head = snprintf(line, sizeof line, "%d ", number);
    text = line + head;
    for (;;) {
        n = mq_timedreceive(queue, text, (size_t)attr.mq_msgsize, NULL,
                            (const struct timespec *)&limit);
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return errno == ETIMEDOUT ? 0 : fail("mq_timedreceive");
        text[n] = '\n';
        if (write(STDOUT_FILENO, line, (size_t)(head + n + 1)) == -1)
            return fail("write");
    }
}

/* The children begin with SIGTERM blocked, and catch it before they let it
 * come. */
static int start(mqd_t queue, int i, const sigset_t *before)
{
    child[i] = fork();
    if (child[i] != 0)
        return child[i] == -1 ? fail("fork") : 0;
    if (catch_term() == -1 || sigprocmask(SIG_SETMASK, before, NULL) == -1)
        _exit(1);
    _exit(print_all(queue, i + 1) == -1);
}

static int stop_children(const sigset_t *term)
{
    int sig, status, rc = 0;

    errno = sigwait(term, &sig);
    if (errno != 0)
        rc = fail("sigwait");
    for (int i = 0; i < QUEUES; i++)
        if (kill(child[i], SIGTERM) == -1)
            rc = fail("kill");
    for (int i = 0; i < QUEUES; i++)
        if (waitpid(child[i], &status, 0) == -1 || status != 0)
            rc = -1;
    return rc;
}

int main(int argc, char *argv[])
{
    sigset_t term, before;
    mqd_t queue[QUEUES];

    if (argc != 3 || argv[1][0] != '/' || argv[2][0] != '/') {
        fprintf(stderr, "usage: mqwatch /QUEUE1 /QUEUE2\n");
        return 2;
    }
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &term, &before) == -1)
        return fail("sigprocmask") == -1;
    limit.tv_sec = time(NULL) + FAR_AWAY;
    for (int i = 0; i < QUEUES; i++) {
        queue[i] = mq_open(argv[i + 1], O_RDONLY);
        if (queue[i] == (mqd_t)-1)
            return fail("mq_open") == -1;
    }
    puts("READY");
    if (fflush(stdout) == EOF)
        return fail("fflush") == -1;
    for (int i = 0; i < QUEUES; i++)
        if (start(queue[i], i, &before) == -1)
            return 1;
    return stop_children(&term) == -1;
}
