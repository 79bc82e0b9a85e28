/* SPDX-License-Identifier: MIT */
/*
 * seqd DIR: hand out numbers, each of them once.
 *
 * Write here what a client can do to you, before you write code.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seq.h"
#include "server.h"

/* Send the answer to the client @pid, if that is possible. */
static void answer(const char *dir, long pid, int64_t first, int64_t last)
{
    /* TODO(02.6): open its FIFO and write the answer. */
    /* TODO(02.7): without ever waiting for this client; and if it is gone? */
    (void)dir;
    (void)pid;
    (void)first;
    (void)last;
}

/* One line has arrived, @len bytes without the newline. */
static void take_line(const char *dir, const char *line, size_t len)
{
    /* TODO(02.6): is it "PID LEN" and nothing else? Then its range is taken. */
    (void)line;
    (void)len;
    answer(dir, 0, 0, 0);
}

/* Take all that is in the FIFO. Return: 0, or -1. */
static int drain(int rfd, const char *dir)
{
    /* TODO(02.6): half a line, or three of them: cut the stream into lines. */
    (void)rfd;
    take_line(dir, "", 0);
    return -1;
}

int main(int argc, char *argv[])
{
    /* TODO(02.6): check the arguments. */
    /* TODO(02.6): open the FIFO in DIR, print READY, serve until SIGTERM. */
    /* TODO(02.7): what was asked before SIGTERM is answered after it. */
    /* TODO(02.8): 200 requests later: which descriptors are open? */
    (void)argc;
    (void)argv;
    if (drain(-1, "") == -1)
        fprintf(stderr, "seqd: TODO(02.6): not written yet\n");
    return 70;
}
