/* SPDX-License-Identifier: MIT */
/*
 * seqc DIR LEN: ask seqd for LEN numbers and print which they are.
 *
 * Write here in which order what is opened, and who removes what.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seq.h"

/* Return: 0, or -1. */
static int send_request(const char *dir, long len)
{
    /* TODO(02.5): one write() into DIR/seq. */
    (void)dir;
    (void)len;
    return -1;
}

/* Return: 0, or -1. */
static int print_answer(int rfd)
{
    /* TODO(02.5): wait for the answer, read all of it, print it. */
    (void)rfd;
    return -1;
}

int main(int argc, char *argv[])
{
    /* TODO(02.5): check the arguments. */
    /* TODO(02.5): make the own FIFO and open it; only then ask. */
    /* TODO(02.5): remove the FIFO, in all cases. */
    (void)argc;
    (void)argv;
    if (send_request("", 0) == -1 || print_answer(-1) == -1)
        fprintf(stderr, "seqc: TODO(02.5): not written yet\n");
    return 70;
}
