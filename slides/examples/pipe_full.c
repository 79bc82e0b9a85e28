/* SPDX-License-Identifier: MIT */
/*
 * pipe_full: how much goes in before a write would wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "check.h"

int main(void)
{
    int ends[2], size;
    static char block[1024];
    long held = 0;
    ssize_t put;

    /* slide fill */
    check(pipe2(ends, O_NONBLOCK), "pipe2");
    while ((put = write(ends[1], block, sizeof block)) > 0)
        held += put;
    if (errno != EAGAIN) /* "would wait" */
        check_n(put, "write");
    size = check(fcntl(ends[1], F_GETPIPE_SZ), "fcntl");
    printf("as much as F_GETPIPE_SZ says: %s\n",
           held == size ? "yes" : "no");
    /* end fill */
    return 0;
}
