/* SPDX-License-Identifier: MIT */
/*
 * calcd KEYFILE: compute what clients ask for, over System V queues.
 *
 * Requests and replies have a queue each: were there only one, requests could
 * fill it, and the server, who alone makes room, would wait for room itself.
 * msgrcv() cannot wait for a signal, too, so a thread takes SIGTERM with
 * sigwait(). It says so in `stopping`, and sends an empty request, in case
 * the server sleeps. Who removes the queues: calcd, once, at its end.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "calc.h"

/* Sizes of messages, which do not count mtype. */
#define REQUEST_HEAD (offsetof(struct calc_request, expr) - sizeof(long))
#define REPLY_SIZE (sizeof(struct calc_reply) - sizeof(long))

struct server {
    int requests, replies; /* queue ids */
    sigset_t term;         /* SIGTERM, blocked in every thread */
    atomic_bool stopping;
};

static int fail(const char *call)
{
    fprintf(stderr, "calcd: %s: %s\n", call, strerror(errno));
    return -1;
}

static int make_queue(const char *keyfile, int project)
{
    key_t key = ftok(keyfile, project);
    int id;

    if (key == -1)
        return fail("ftok");
    id = msgget(key, IPC_CREAT | 0600);
    return id == -1 ? fail("msgget") : id;
}

/* Send, however often a signal interrupts it: msgsnd() never restarts. */
static int send_message(int queue, const void *msg, size_t size)
{
    while (msgsnd(queue, msg, size, 0) == -1)
        if (errno != EINTR)
            return -1;
    return 0;
}

static void *wait_for_term(void *arg)
{
    struct server *s = arg;
    struct calc_request nudge = {.mtype = CALC_REQUEST}; /* from nobody */
    int sig;

    sigwait(&s->term, &sig); /* fails only for a bad signal set */
    atomic_store(&s->stopping, 1);
    /* EIDRM: the server saw `stopping` first, and has removed the queue. */
    if (send_message(s->requests, &nudge, REQUEST_HEAD) == -1 &&
        errno != EIDRM && errno != EINVAL)
        fail("msgsnd");
    return NULL;
}

/* Answer the request of @size bytes. Return: 0 or -1. */
static int answer(const struct server *s, struct calc_request *ask, size_t size)
{
    struct calc_reply reply = {.mtype = ask->pid, .status = CALC_SYNTAX};

    if (size < REQUEST_HEAD || ask->pid <= 0 ||
        (ask->reply_to != s->replies && ask->reply_to != s->requests))
        return 0; /* garbage: nobody waits for an answer */
    if (size - REQUEST_HEAD <= CALC_EXPR_MAX) { /* else it was cut */
        ask->expr[size - REQUEST_HEAD] = '\0';
        reply.status = calc_eval(ask->expr, &reply.value);
    }
    if (send_message(ask->reply_to, &reply, REPLY_SIZE) == -1)
        return fail("msgsnd");
    return 0;
}

/* Answer requests until SIGTERM, and then what is left. Return: 0 or -1. */
static int serve(struct server *s)
{
    /* One byte more than the longest request: a longer one shows by it. */
    const size_t room = REQUEST_HEAD + CALC_EXPR_MAX + 1;
    struct calc_request ask;

    for (;;) {
        int last = atomic_load(&s->stopping);
        ssize_t n = msgrcv(s->requests, &ask, room, CALC_REQUEST,
                           MSG_NOERROR | (last ? IPC_NOWAIT : 0));

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1 && errno == ENOMSG && last)
            return 0;
        if (n == -1)
            return fail("msgrcv");
        if (answer(s, &ask, (size_t)n) == -1)
            return -1;
    }
}

static int remove_queue(int queue)
{
    return msgctl(queue, IPC_RMID, NULL) == -1 ? fail("msgctl") : 0;
}

int main(int argc, char *argv[])
{
    static struct server s;
    pthread_t stopper;
    int rc = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: calcd KEYFILE\n");
        return 2;
    }
    sigemptyset(&s.term);
    sigaddset(&s.term, SIGTERM);
    errno = pthread_sigmask(SIG_BLOCK, &s.term, NULL);
    if (errno != 0)
        return fail("pthread_sigmask") == -1;
    if ((s.requests = make_queue(argv[1], CALC_REQUESTS)) == -1 ||
        (s.replies = make_queue(argv[1], CALC_REPLIES)) == -1)
        return 1;
    errno = pthread_create(&stopper, NULL, wait_for_term, &s);
    if (errno != 0)
        return fail("pthread_create") == -1;
    if (puts("READY") == EOF || fflush(stdout) == EOF)
        rc = fail("write");
    if (rc == 0)
        rc = serve(&s);
    if (remove_queue(s.requests) == -1 || remove_queue(s.replies) == -1)
        rc = -1;
    if (rc == 0 && (errno = pthread_join(stopper, NULL)) != 0)
        rc = fail("pthread_join");
    return rc == -1 ? 1 : 0;
}
