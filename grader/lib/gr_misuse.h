/* SPDX-License-Identifier: MIT */
/**
 * Calls that are wrong whatever comes of them, found in the call log of injection.
 *
 *  1. Start the program with `.inject` and GR_MISUSE_TRACE as its trace (and `.handlers` for what
 *     signal handlers call).
 *  2. When it has ended, or is known to have gone on after its mistake, call
 *     gr_expect_no_misuse().
 *
 * The log comes from the student's process. A program that hides its lines is judged by what it
 * does, like any other; nobody gains points by them.
 */
#ifndef GR_MISUSE_H
#define GR_MISUSE_H

#include "gr_suite.h"

#define GR_MISUSE_TRACE                                                                            \
    "mq_open,mq_getattr,mq_send,mq_timedsend,mq_receive,mq_timedreceive,mq_notify,mq_unlink,ftok," \
    "msgget,"                                                                                      \
    "msgsnd,msgrcv,msgctl"

/**
 * Fail if the log shows a queue call that cannot be right: a name without a slash, attributes above
 * an ordinary user's limits, a descriptor or a key that is the -1 of a call that failed, a type
 * that is not positive, a queue nobody can find; or stdio called by a signal handler.
 */
void gr_expect_no_misuse(struct gr_run *r);

/**
 * Find the first wrong call in @log.
 * Return: what the program did, in words that follow its name ("called mq_open() .."), the caller
 * frees; *@where is the call. NULL: there is none.
 */
char *gr_misuse(const struct gr_buf *log, struct gr_call *where);

#endif
