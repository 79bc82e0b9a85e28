/* SPDX-License-Identifier: MIT */
/**
 * What calc and calcd say to each other (parts 3C and 3D), over System V
 * message queues.
 *
 *  1. calcd makes the request queue: its key is ftok(KEYFILE, CALC_REQUESTS).
 *     If it wants a second queue, for the replies, that has the key
 *     ftok(KEYFILE, CALC_REPLIES).
 *  2. calc sends a struct calc_request into the request queue. The message
 *     says in which of the server's queues calc waits for the reply.
 *  3. calcd sends a struct calc_reply into that queue. Its type is the process
 *     id of the client, so that each client can take its own and no other.
 *
 * The size that msgsnd() and msgrcv() want counts what stands behind mtype:
 * a request with an expression of N bytes is 8 + N bytes long, a reply 16.
 */
#ifndef CALC_H
#define CALC_H

#include <stdint.h>

enum {
    CALC_REQUESTS = 'c', /* second argument of ftok() */
    CALC_REPLIES = 'r',

    CALC_REQUEST = 1, /* mtype of every request */

    /* 16 requests with the longest expression fill a queue of 16 KiB. */
    CALC_EXPR_MAX = 1016
};

struct calc_request {
    long mtype;       /* CALC_REQUEST */
    int32_t pid;      /* the client's process id, as in getpid() */
    int32_t reply_to; /* id of the queue the client waits in, as of msgget() */
    /* The expression. Sent without a '\0': the message's size says where it
     * ends. The last byte is room for yours. */
    char expr[CALC_EXPR_MAX + 1];
};

enum calc_status {
    CALC_OK,
    CALC_SYNTAX,   /* not of the form A op B */
    CALC_DIVISION, /* by zero */
    CALC_OVERFLOW  /* a number or the result does not fit into int64_t */
};

struct calc_reply {
    long mtype;     /* the client's process id */
    int64_t status; /* enum calc_status */
    int64_t value;  /* the result; 0 if status is not CALC_OK */
};

/**
 * Compute @expr, a string of the form `A op B` with op one of + - * / %.
 *
 * Given, in expr.c. Blanks may stand before, between and behind the parts; a
 * number is made of digits, with a - in front if it is negative. Division
 * goes towards zero, as in C. Keeps nothing, waits for nothing.
 *
 * Return: CALC_OK with the result in *@value, or why there is none; then
 *         *@value is 0.
 */
enum calc_status calc_eval(const char *expr, int64_t *value);

#endif
