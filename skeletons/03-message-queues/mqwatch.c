/* SPDX-License-Identifier: MIT */
/*
 * mqwatch /QUEUE1 /QUEUE2: print what arrives in either of two queues.
 *
 * Write here in which call it waits, and what can end that wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUES = 2 };

struct watched {
    mqd_t queue;
    size_t size; /* of buf, the longest message there may be */
    char *buf;
};

/* Print all that is in the queue of this number now. Return: 0 or -1. */
static int print_messages(const struct watched *w, int number)
{
    /* TODO(03.5): receive without waiting, until there is nothing more. */
    (void)w;
    (void)number;
    errno = ENOSYS;
    return -1;
}

int main(int argc, char *argv[])
{
    struct watched w[QUEUES] = {{.queue = (mqd_t)-1}, {.queue = (mqd_t)-1}};

    /* TODO(03.5): check the arguments; open both queues; READY. */
    /* TODO(03.6): wait for both of them at once, and miss nothing. */
    /* TODO(03.7): SIGTERM: print what is left, remove nothing, exit. */
    (void)argc;
    (void)argv;
    if (print_messages(&w[0], 1) == -1)
        fprintf(stderr, "mqwatch: TODO(03.5): not written yet\n");
    return 70;
}
