/* SPDX-License-Identifier: MIT */
/*
 * calc KEYFILE EXPR: have calcd compute EXPR, and print the result.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "calc.h"

static int send_request(int requests, int reply_to, const char *expr)
{
    /* TODO(03.8): fill in a struct calc_request; how long is the message? */
    (void)requests;
    (void)reply_to;
    (void)expr;
    errno = ENOSYS;
    return -1;
}

static int take_reply(int queue, struct calc_reply *reply)
{
    /* TODO(03.8): wait for the message of your type. */
    /* TODO(03.10): why of that type? And EINTR, here and where you send. */
    (void)queue;
    memset(reply, 0, sizeof *reply);
    errno = ENOSYS;
    return -1;
}

int main(int argc, char *argv[])
{
    struct calc_reply reply;

    /* TODO(03.8): check the arguments, find the queue, print the result. */
    if (argc < 3 || send_request(-1, -1, argv[2]) == -1 ||
        take_reply(-1, &reply) == -1)
        fprintf(stderr, "calc: TODO(03.8): not written yet\n");
    return 70;
}
