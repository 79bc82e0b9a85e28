/* SPDX-License-Identifier: MIT */
/*
 * job /QUEUE PRIO TEXT: put one job into the queue that jobd reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"

/* Return: the priority, or -1 if @text is no number from 0 to the highest. */
static int parse_prio(const char *text)
{
    /* TODO(03.2): digits only, and not more than JOBS_PRIO_HIGHEST. */
    (void)text;
    return -1;
}

int main(int argc, char *argv[])
{
    /* TODO(03.2): open the queue, send TEXT, and tell by the exit code. */
    if (argc < 3 || parse_prio(argv[2]) == -1)
        fprintf(stderr, "job: TODO(03.2): not written yet\n");
    return 70;
}
