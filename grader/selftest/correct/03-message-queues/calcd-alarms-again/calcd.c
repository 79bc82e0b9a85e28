/* SPDX-License-Identifier: MIT */
/* calcd whose SIGTERM is repeated by an alarm until msgrcv() has been interrupted. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "calc.h"

static volatile sig_atomic_t stopping;

static void on_signal(int sig)
{
    (void)sig;
    stopping = 1;
    alarm(1);
}

static int fail(const char *call)
{
    fprintf(stderr, "calcd: %s: %s\n", call, strerror(errno));
    return 1;
}

static void answer(struct calc_request *ask, ssize_t n, int requests, int replies)
{
    struct calc_reply reply = {.mtype = ask->pid, .status = CALC_SYNTAX};

    if (n < 8 || ask->pid <= 0 || (ask->reply_to != requests && ask->reply_to != replies))
        return;
    if (n <= 8 + CALC_EXPR_MAX) {
        ask->expr[n - 8] = '\0';
        reply.status = calc_eval(ask->expr, &reply.value);
    }
    while (msgsnd(ask->reply_to, &reply, 16, 0) == -1 && errno == EINTR)
        ;
}

int main(int argc, char *argv[])
{
    struct sigaction act = {.sa_handler = on_signal};
    struct calc_request ask;
    int requests, replies, last;
    key_t key;

    if (argc != 2) {
        fprintf(stderr, "usage: calcd KEYFILE\n");
        return 2;
    }
    key = ftok(argv[1], CALC_REQUESTS);
    if (key == -1)
        return fail("ftok");
    requests = msgget(key, IPC_CREAT | 0600);
    replies = msgget(ftok(argv[1], CALC_REPLIES), IPC_CREAT | 0600);
    if (requests == -1 || replies == -1)
        return fail("msgget");
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGALRM, &act, NULL);
    puts("READY");
    fflush(stdout);
    for (;;) {
        last = stopping;
        ssize_t n = msgrcv(requests, &ask, 8 + CALC_EXPR_MAX + 1, CALC_REQUEST,
                           MSG_NOERROR | (last ? IPC_NOWAIT : 0));

        if (n >= 0)
            answer(&ask, n, requests, replies);
        else if (errno == ENOMSG && last)
            break;
        else if (errno != EINTR)
            return fail("msgrcv");
    }
    if (msgctl(requests, IPC_RMID, NULL) == -1 || msgctl(replies, IPC_RMID, NULL) == -1)
        return fail("msgctl");
    return 0;
}
