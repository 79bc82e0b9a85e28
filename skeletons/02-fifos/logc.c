/* SPDX-License-Identifier: MIT */
/*
 * logc FIFO TAG: send each line of standard input to logd as one record.
 *
 * Write here how many bytes go out in one write(), and why.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

/* Send a line of @n bytes, without its newline. Return: 0, or -1. */
static int send_record(int wfd, const char *tag, const char *text, size_t n)
{
    /* TODO(02.2): a short line: one chunk. */
    /* TODO(02.3): a long line: several chunks, each in one write(). */
    (void)wfd;
    (void)tag;
    (void)text;
    (void)n;
    return -1;
}

int main(int argc, char *argv[])
{
    /* TODO(02.2): check the arguments, open the FIFO. */
    /* TODO(02.2): send the lines of standard input, each as it comes. */
    /* TODO(02.4): logd is gone: an error, and not a death by SIGPIPE. */
    (void)argc;
    (void)argv;
    if (send_record(-1, "", "", 0) == -1)
        fprintf(stderr, "logc: TODO(02.2): not written yet\n");
    return 70;
}
