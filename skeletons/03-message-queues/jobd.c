/* SPDX-License-Identifier: MIT */
/*
 * jobd /QUEUE: print the jobs that arrive in a POSIX message queue.
 *
 * Write here who makes and who removes the queue, before you write code.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"

/* Open the queue, or make it as jobs.h says. *@size: room that a message of
 * this queue needs. Return: the queue, or (mqd_t)-1. */
static mqd_t open_queue(const char *name, size_t *size)
{
    /* TODO(03.1): mq_open, with O_CREAT and attributes. */
    /* TODO(03.3): a queue that was there has other attributes: ask for them. */
    (void)name;
    *size = 0;
    errno = ENOSYS;
    return (mqd_t)-1;
}

int main(int argc, char *argv[])
{
    size_t size;

    /* TODO(03.1): check the arguments; print READY; print each job. */
    /* TODO(03.4): SIGTERM: print what was accepted, remove the queue, exit. */
    if (open_queue(argc > 1 ? argv[1] : "", &size) == (mqd_t)-1)
        fprintf(stderr, "jobd: TODO(03.1): not written yet\n");
    return 70;
}
