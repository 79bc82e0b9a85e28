/* SPDX-License-Identifier: MIT */
/**
 * The queue between job and jobd (part 3A), a POSIX message queue.
 *
 *  1. jobd makes the queue with the attributes below, or takes the one that
 *     is there, whatever its attributes are.
 *  2. job puts one message into it for each job: the bytes of TEXT, without a
 *     '\0' and without a newline; the message's priority is PRIO.
 *  3. jobd takes the messages out, in the order the kernel gives them, and
 *     removes the queue when it is told to end.
 */
#ifndef JOBS_H
#define JOBS_H

enum {
    /* What an ordinary user may ask for at most, see man 7 mq_overview. */
    JOBS_MAXMSG = 10,   /* messages the queue holds */
    JOBS_MSGSIZE = 512, /* bytes of the longest message */

    JOBS_MODE = 0600,         /* only this user sends and receives */
    JOBS_PRIO_HIGHEST = 32767 /* priorities are 0 (last) to this (first) */
};

#endif
