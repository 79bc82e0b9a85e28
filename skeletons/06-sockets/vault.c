/* SPDX-License-Identifier: MIT */
/*
 * vault PATH NAME: asks the vaultd at PATH for the file NAME and prints it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "frame.h"
#include "vault.h"

/* Receive the reply. Return: the errno in it, with 0 also the descriptor in
 * *@file; -1 if it is no reply at all. */
static int receive(int fd, int *file)
{
    /* TODO(06.13): VAULT_REPLY bytes, however they come; what is beside the
     * first one? */
    /* TODO(06.13): no descriptor, two, or more than fit (MSG_CTRUNC). */
    (void)fd;
    *file = -1;
    return -1;
}

int main(int argc, char *argv[])
{
    int file;

    /* TODO(06.13): the arguments; connect; send the name as a frame. */
    (void)argc;
    (void)argv;
    if (receive(-1, &file) == -1)
        fprintf(stderr, "vault: TODO(06.13): not written yet\n");
    /* TODO(06.13): print what is in the file, or why not. */
    return 70;
}
