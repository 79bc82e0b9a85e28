/* SPDX-License-Identifier: MIT */
/*
 * pipe_eof: the end comes with the last copy of the write end,
 * not before.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "check.h"

static void look(int rfd)
{
    char byte;
    ssize_t got = read(rfd, &byte, 1);

    if (got == -1 && errno == EAGAIN)
        printf("nothing yet, and not the end\n");
    else
        printf("read returned %zd: the end\n", got);
}

int main(void)
{
    /* slide copies */
    int ends[2], copy;

    check(pipe2(ends, O_NONBLOCK), "pipe2"); /* to look in */
    copy = check(dup(ends[1]), "dup");       /* as fork does */
    check(close(ends[1]), "close");
    look(ends[0]);
    check(close(copy), "close");
    look(ends[0]);
    /* end copies */
    return 0;
}
