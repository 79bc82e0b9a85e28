/* SPDX-License-Identifier: MIT */
/* calcd KEYFILE: one queue; who receives never waits for room, a thread of its own sends. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "calc.h"

/* Sizes of messages, which do not count mtype. */
#define REQUEST_HEAD (offsetof(struct calc_request, expr) - sizeof(long))
#define REPLY_SIZE (sizeof(struct calc_reply) - sizeof(long))

struct server {
    int requests;  /* queue id */
    sigset_t term; /* SIGTERM, blocked in every thread */
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
    if (send_message(s->requests, &nudge, REQUEST_HEAD) == -1 && errno != EIDRM && errno != EINVAL)
        fail("msgsnd");
    return NULL;
}

struct node {
    struct node *next;
    struct calc_reply reply;
};

/* Replies that are still to be sent. */
static struct {
    struct node *first, **end;
    int closed;
    pthread_mutex_t lock;
    pthread_cond_t more;
} list = {.end = &list.first, .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

static int send_later(const struct calc_reply *reply)
{
    struct node *n = malloc(sizeof *n);

    if (n == NULL)
        return fail("malloc");
    n->next = NULL;
    n->reply = *reply;
    pthread_mutex_lock(&list.lock);
    *list.end = n;
    list.end = &n->next;
    pthread_cond_signal(&list.more);
    pthread_mutex_unlock(&list.lock);
    return 0;
}

/* Return: the next one, or NULL when there will be no more. */
static struct node *take_next(void)
{
    struct node *n;

    pthread_mutex_lock(&list.lock);
    while (list.first == NULL && !list.closed)
        pthread_cond_wait(&list.more, &list.lock);
    n = list.first;
    if (n != NULL && (list.first = n->next) == NULL)
        list.end = &list.first;
    pthread_mutex_unlock(&list.lock);
    return n;
}

static void *send_replies(void *arg)
{
    const struct server *s = arg;
    struct node *n;

    while ((n = take_next()) != NULL) {
        if (send_message(s->requests, &n->reply, REPLY_SIZE) == -1)
            fail("msgsnd");
        free(n);
    }
    return NULL;
}

static int end_sender(pthread_t sender)
{
    pthread_mutex_lock(&list.lock);
    list.closed = 1;
    pthread_cond_signal(&list.more);
    pthread_mutex_unlock(&list.lock);
    errno = pthread_join(sender, NULL);
    return errno == 0 ? 0 : fail("pthread_join");
}

/* Answer the request of @size bytes. Return: 0 or -1. */
static int answer(const struct server *s, struct calc_request *ask, size_t size)
{
    struct calc_reply reply = {.mtype = ask->pid, .status = CALC_SYNTAX};

    if (size < REQUEST_HEAD || ask->pid <= 0 || ask->reply_to != s->requests)
        return 0;                               /* garbage: nobody waits for an answer */
    if (size - REQUEST_HEAD <= CALC_EXPR_MAX) { /* else it was cut */
        ask->expr[size - REQUEST_HEAD] = '\0';
        reply.status = calc_eval(ask->expr, &reply.value);
    }
    return send_later(&reply);
}

/* Answer requests until SIGTERM, and then what is left. Return: 0 or -1. */
static int serve(struct server *s)
{
    /* One byte more than the longest request: a longer one shows by it. */
    const size_t room = REQUEST_HEAD + CALC_EXPR_MAX + 1;
    struct calc_request ask;

    for (;;) {
        int last = atomic_load(&s->stopping);
        ssize_t n =
            msgrcv(s->requests, &ask, room, CALC_REQUEST, MSG_NOERROR | (last ? IPC_NOWAIT : 0));

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
    pthread_t stopper, sender;
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
    if ((s.requests = make_queue(argv[1], CALC_REQUESTS)) == -1)
        return 1;
    errno = pthread_create(&stopper, NULL, wait_for_term, &s);
    if (errno != 0)
        return fail("pthread_create") == -1;
    errno = pthread_create(&sender, NULL, send_replies, &s);
    if (errno != 0)
        return fail("pthread_create") == -1;
    if (puts("READY") == EOF || fflush(stdout) == EOF)
        rc = fail("write");
    if (rc == 0)
        rc = serve(&s);
    if (end_sender(sender) == -1 || remove_queue(s.requests) == -1)
        rc = -1;
    if (rc == 0 && (errno = pthread_join(stopper, NULL)) != 0)
        rc = fail("pthread_join");
    return rc == -1 ? 1 : 0;
}
