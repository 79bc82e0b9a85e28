/* SPDX-License-Identifier: MIT */
/*
 * logd FIFO OUT: collect lines from many clients in one file.
 *
 * Write here who makes what and who removes it, before you write code.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "server.h"

/* One whole chunk has arrived. Return: 0, or -1. */
static int take_chunk(const struct log_chunk *c, int out)
{
    /* TODO(02.2): a record of one chunk: append `TAG line` to out. */
    /* TODO(02.3): a record of many chunks: keep the pieces of each client. */
    (void)c;
    (void)out;
    return -1;
}

/* Take all that is in the FIFO. Return: 0, or -1. */
static int drain(int rfd, int out)
{
    struct log_chunk c = {.len = 0};

    /* TODO(02.2): read a header, then as many bytes of data as it says. */
    /* TODO(02.3): a read may bring less than you asked for. */
    (void)rfd;
    return take_chunk(&c, out);
}

int main(int argc, char *argv[])
{
    /* TODO(02.1): check the arguments, open OUT and the FIFO, print READY. */
    /* TODO(02.2): wait, drain, and so on, until SIGTERM. */
    /* TODO(02.4): what was sent before SIGTERM is written after it. */
    (void)argc;
    (void)argv;
    if (drain(-1, -1) == -1)
        fprintf(stderr, "logd: TODO(02.1): not written yet\n");
    return 70;
}
