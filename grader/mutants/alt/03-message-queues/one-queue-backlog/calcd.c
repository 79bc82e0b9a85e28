/* SPDX-License-Identifier: MIT */
/*
 * calcd KEYFILE: one queue for both directions, and a backlog.
 *
 * A reply that finds no room is kept; taking the next request makes room. So
 * the server waits for room only when there is no request to take. A child
 * does the work; the parent waits for SIGTERM, tells the child by SIGUSR1, and
 * wakes it with a request from nobody, should it be in msgrcv().
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calc.h"

enum { HEAD = 8, ANSWER = 16, BACKLOG = 4096, SERVER = 1 };

static struct calc_reply backlog[BACKLOG];
static size_t waiting;
static volatile sig_atomic_t stopping;

static void on_stop(int sig)
{
    (void)sig;
    stopping = 1;
}

static int fail(const char *call)
{
    fprintf(stderr, "calcd: %s: %s\n", call, strerror(errno));
    return -1;
}

/* Send what is kept; the last one may wait for room if @wait says so. */
static int send_backlog(int queue, int wait)
{
    while (waiting > 0) {
        int rc = msgsnd(queue, &backlog[waiting - 1], ANSWER, wait ? 0 : IPC_NOWAIT);

        if (rc == -1 && errno == EAGAIN)
            return 0;
        if (rc == -1 && errno != EINTR)
            return fail("msgsnd");
        waiting -= rc == 0;
    }
    return 0;
}

static void compute(int queue, struct calc_request *ask, size_t n)
{
    struct calc_reply r = {.mtype = ask->pid, .status = CALC_SYNTAX};

    if (n < HEAD || ask->pid <= SERVER || ask->reply_to != queue || waiting == BACKLOG)
        return;
    if (n <= HEAD + CALC_EXPR_MAX) {
        ask->expr[n - HEAD] = '\0';
        r.status = calc_eval(ask->expr, &r.value);
    }
    backlog[waiting++] = r;
}

/* Return: 1 when told to stop and all is done, 0, or -1. */
static int one_step(int queue)
{
    struct calc_request ask;
    int last = stopping, now = last || waiting > 0;
    ssize_t n = msgrcv(queue, &ask, HEAD + CALC_EXPR_MAX + 1, CALC_REQUEST,
                       MSG_NOERROR | (now ? IPC_NOWAIT : 0));

    if (n == -1 && errno == ENOMSG)
        return send_backlog(queue, 1) == -1 ? -1 : last;
    if (n == -1)
        return errno == EINTR ? 0 : fail("msgrcv");
    compute(queue, &ask, (size_t)n);
    return send_backlog(queue, 0);
}

static int be_child(int queue, const sigset_t *mask)
{
    struct sigaction act = {.sa_handler = on_stop};
    int rc;

    sigemptyset(&act.sa_mask);
    if (sigaction(SIGUSR1, &act, NULL) == -1 || sigprocmask(SIG_SETMASK, mask, NULL) == -1)
        return fail("sigaction");
    do
        rc = one_step(queue);
    while (rc == 0);
    return rc;
}

static int end_child(int queue, pid_t child)
{
    struct calc_request nobody = {.mtype = CALC_REQUEST};
    int status;

    if (kill(child, SIGUSR1) == -1)
        return fail("kill");
    while (msgsnd(queue, &nobody, HEAD, 0) == -1)
        if (errno != EINTR)
            return fail("msgsnd");
    if (waitpid(child, &status, 0) == -1)
        return fail("waitpid");
    return status == 0 ? 0 : -1;
}

int main(int argc, char *argv[])
{
    key_t key = argc == 2 ? ftok(argv[1], CALC_REQUESTS) : 0;
    int queue, sig, rc;
    sigset_t set, before;
    pid_t child;

    if (argc != 2) {
        fprintf(stderr, "usage: calcd KEYFILE\n");
        return 2;
    }
    if (key == -1 || (queue = msgget(key, IPC_CREAT | 0600)) == -1)
        return fail(key == -1 ? "ftok" : "msgget") == -1;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    if (sigprocmask(SIG_BLOCK, &set, &before) == -1 || (child = fork()) == -1)
        return fail("fork") == -1;
    if (child == 0)
        _exit(be_child(queue, &before) == -1);
    puts("READY");
    if (fflush(stdout) == EOF)
        return fail("fflush") == -1;
    sigdelset(&set, SIGUSR1);
    rc = sigwait(&set, &sig) == 0 ? end_child(queue, child) : -1;
    if (msgctl(queue, IPC_RMID, NULL) == -1)
        rc = fail("msgctl");
    return rc == -1;
}
