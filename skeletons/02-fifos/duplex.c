/* SPDX-License-Identifier: MIT */
/*
 * duplex OUT IN: a line in both directions over two FIFOs.
 *
 * Write here in which order you open, and who closes what.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Open both FIFOs. Return: 0, or -1. */
static int connect_to(const char *out, const char *in, int *wfd, int *rfd)
{
    /* TODO(02.9): the peer opens the same two: who waits for whom? */
    (void)out;
    (void)in;
    *wfd = *rfd = -1;
    return -1;
}

/* Own input to @wfd, @rfd to own output, until both are at their end.
 * Return: 0, or -1. */
static int pump(int wfd, int rfd)
{
    /* TODO(02.9): pass on what comes, at once. */
    /* TODO(02.10): never wait on one side while the other can go on. */
    /* TODO(02.11): the ends, each by itself; and a peer that is gone. */
    (void)wfd;
    (void)rfd;
    return -1;
}

int main(int argc, char *argv[])
{
    int wfd, rfd;

    /* TODO(02.9): check the arguments. */
    (void)argc;
    if (connect_to(argv[0], argv[0], &wfd, &rfd) == -1 || pump(wfd, rfd) == -1)
        fprintf(stderr, "duplex: TODO(02.9): not written yet\n");
    return 70;
}
