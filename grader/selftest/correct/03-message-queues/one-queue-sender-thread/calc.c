/* SPDX-License-Identifier: MIT */
/*
 * calc KEYFILE EXPR: have calcd compute EXPR, and print the result.
 *
 * The queues are the server's: calc neither makes nor removes them. It takes
 * only the reply with its own process id as type; if the server ends and
 * removes the queue, the wait ends with EIDRM.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "calc.h"

enum { FAILED = 1, USAGE = 2, NO_RESULT = 4 };

/* Sizes of messages, which do not count mtype. */
#define REQUEST_HEAD (offsetof(struct calc_request, expr) - sizeof(long))
#define REPLY_SIZE (sizeof(struct calc_reply) - sizeof(long))

static int fail(const char *call)
{
    fprintf(stderr, "calc: %s: %s\n", call, strerror(errno));
    return -1;
}

static int find_queue(const char *keyfile, int project)
{
    key_t key = ftok(keyfile, project);
    int id;

    if (key == -1)
        return fail("ftok");
    id = msgget(key, 0);
    return id == -1 ? fail("msgget") : id;
}

static int send_request(int requests, int replies, const char *expr)
{
    struct calc_request ask = {.mtype = CALC_REQUEST, .pid = getpid(), .reply_to = replies};
    size_t len = strlen(expr);

    memcpy(ask.expr, expr, len);
    while (msgsnd(requests, &ask, REQUEST_HEAD + len, 0) == -1)
        if (errno != EINTR)
            return fail("msgsnd");
    return 0;
}

static int take_reply(int replies, struct calc_reply *reply)
{
    while (msgrcv(replies, reply, REPLY_SIZE, getpid(), 0) == -1)
        if (errno != EINTR)
            return fail("msgrcv");
    return 0;
}

/* Return: the exit code. */
static int report(const struct calc_reply *reply)
{
    static const char *const why[] = {[CALC_SYNTAX] = "syntax error",
                                      [CALC_DIVISION] = "division by zero",
                                      [CALC_OVERFLOW] = "overflow"};

    if (reply->status != CALC_OK) {
        int known = reply->status >= CALC_SYNTAX && reply->status <= CALC_OVERFLOW;

        fprintf(stderr, "calc: %s\n", known ? why[reply->status] : "unknown status");
        return NO_RESULT;
    }
    if (printf("%lld\n", (long long)reply->value) < 0 || fflush(stdout) == EOF) {
        fail("write");
        return FAILED;
    }
    return 0;
}

int main(int argc, char *argv[])
{
    struct calc_reply reply;
    int requests, replies;

    if (argc != 3 || strlen(argv[2]) > CALC_EXPR_MAX) {
        fprintf(stderr, "usage: calc KEYFILE EXPR, EXPR of at most %d bytes\n", CALC_EXPR_MAX);
        return USAGE;
    }
    requests = find_queue(argv[1], CALC_REQUESTS);
    replies = requests;
    if (replies == -1 || send_request(requests, replies, argv[2]) == -1 ||
        take_reply(replies, &reply) == -1)
        return FAILED;
    return report(&reply);
}
