/* SPDX-License-Identifier: MIT */
/*
 * vaultd PATH DIR: passes descriptors of files in DIR to the same user.
 *
 * Write here who closes the descriptor of a file, and when.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forked.h"
#include "frame.h"
#include "listen.h"
#include "vault.h"

/* Send @error; with 0 the descriptor @fd goes beside it. Return: 0 or -1. */
static int reply(int to, int error, int fd)
{
    /* TODO(06.14): the bytes of vault.h, and a control message around fd. */
    (void)to;
    (void)error;
    (void)fd;
    return -1;
}

/* Serve one client until its end. Return: the exit status of its process. */
static int serve(int fd)
{
    unsigned char *payload;
    size_t len;

    /* TODO(06.15): who is it? */
    while (frame_read(fd, &payload, &len) == 1) {
        /* TODO(06.14): open the file of that name in DIR, reply, close. */
        /* TODO(06.15): names that lead elsewhere, and files that are none. */
        free(payload);
        if (reply(fd, ENOSYS, -1) == -1)
            break;
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int lfd = -1;

    /* TODO(06.14): the arguments, DIR, the socket, READY. */
    (void)argc;
    (void)argv;
    if (forked_serve(lfd, FORKED_GRACE, serve) == -1)
        fprintf(stderr, "vaultd: TODO(06.14): not written yet\n");
    /* TODO(06.15): what is to be removed at the end? */
    return 70;
}
