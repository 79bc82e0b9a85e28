/* SPDX-License-Identifier: MIT */
/*
 * job /QUEUE PRIO TEXT: put one job into the queue that jobd reads.
 *
 * Only jobd makes and removes the queue. If it is full, job waits in
 * mq_send() until there is room.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"

enum { TOO_LONG = 3 };

static int fail(const char *call)
{
    fprintf(stderr, "job: %s: %s\n", call, strerror(errno));
    return 1;
}

/* Return: the priority, or -1 if @text is no number from 0 to the highest. */
static int parse_prio(const char *text)
{
    unsigned long value;

    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return -1;
    errno = 0;
    value = strtoul(text, NULL, 10);
    return errno != 0 || value > JOBS_PRIO_HIGHEST ? -1 : (int)value;
}

static int send_job(mqd_t queue, unsigned prio, const char *text)
{
    struct mq_attr attr;
    size_t len = strlen(text);

    if (mq_getattr(queue, &attr) == -1)
        return fail("mq_getattr");
    if (len > (size_t)attr.mq_msgsize) {
        fprintf(stderr, "job: TEXT has %zu bytes, the queue takes %ld\n", len,
                attr.mq_msgsize);
        return TOO_LONG;
    }
    while (mq_send(queue, text, len, prio) == -1)
        if (errno != EINTR)
            return fail("mq_send");
    return 0;
}

int main(int argc, char *argv[])
{
    int prio = argc == 4 ? parse_prio(argv[2]) : -1, code;
    mqd_t queue;

    if (prio == -1 || argv[1][0] != '/' || argv[1][1] == '\0' ||
        strchr(argv[1] + 1, '/') != NULL) {
        fprintf(stderr, "usage: job /QUEUE PRIO TEXT, with PRIO 0 to %d\n",
                JOBS_PRIO_HIGHEST);
        return 2;
    }
    queue = mq_open(argv[1], O_WRONLY);
    if (queue == (mqd_t)-1)
        return fail("mq_open");
    code = send_job(queue, (unsigned)prio, argv[3]);
    if (mq_close(queue) == -1 && code == 0)
        code = fail("mq_close");
    return code;
}
