/* SPDX-License-Identifier: MIT */
/* calcd KEYFILE: a child answers and removes the queues, the parent waits for SIGTERM. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calc.h"

/* Sizes of messages, which do not count mtype. */
#define REQUEST_HEAD (offsetof(struct calc_request, expr) - sizeof(long))
#define REPLY_SIZE (sizeof(struct calc_reply) - sizeof(long))

struct server {
    int requests, replies; /* queue ids */
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

/* Answer the request of @size bytes. Return: 0 or -1. */
static int answer(const struct server *s, struct calc_request *ask, size_t size)
{
    struct calc_reply reply = {.mtype = ask->pid, .status = CALC_SYNTAX};

    if (size < REQUEST_HEAD || ask->pid <= 0 ||
        (ask->reply_to != s->replies && ask->reply_to != s->requests))
        return 0;                               /* garbage: nobody waits for an answer */
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

/* In the child. Return: its exit code. */
static int be_server(struct server *s)
{
    int rc;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    rc = serve(s);
    if (remove_queue(s->requests) == -1 || remove_queue(s->replies) == -1)
        rc = -1;
    return rc == -1;
}

/* Wait for SIGTERM, and tell the child: the flag, and a request from nobody that wakes it. */
static int end_child(struct server *s, const sigset_t *term, pid_t pid)
{
    struct calc_request nudge = {.mtype = CALC_REQUEST};
    int sig, status;

    sigwait(term, &sig);
    atomic_store(&s->stopping, 1);
    if (send_message(s->requests, &nudge, REQUEST_HEAD) == -1 && errno != EIDRM && errno != EINVAL)
        return fail("msgsnd");
    if (waitpid(pid, &status, 0) == -1)
        return fail("waitpid");
    return status == 0 ? 0 : -1;
}

int main(int argc, char *argv[])
{
    struct server *s;
    sigset_t term;
    pid_t pid;

    if (argc != 2) {
        fprintf(stderr, "usage: calcd KEYFILE\n");
        return 2;
    }
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        return fail("mmap") == -1;
    if ((s->requests = make_queue(argv[1], CALC_REQUESTS)) == -1 ||
        (s->replies = make_queue(argv[1], CALC_REPLIES)) == -1)
        return 1;
    if (puts("READY") == EOF || fflush(stdout) == EOF)
        return fail("write") == -1;
    if ((pid = fork()) == -1)
        return fail("fork") == -1;
    if (pid == 0)
        return be_server(s);
    return end_child(s, &term, pid) == -1;
}
