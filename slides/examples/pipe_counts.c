/* SPDX-License-Identifier: MIT */
/*
 * pipe_counts: what was written in two pieces is read in three
 * others.
 */
#include <unistd.h>

#include "check.h"

int main(void)
{
    int ends[2];

    check(pipe(ends), "pipe");
    /* slide counts */
    char buf[100];

    check_n(write(ends[1], "abc", 3), "write");
    check_n(write(ends[1], "defgh", 5), "write");
    printf("read 2:   %zd\n",
           check_n(read(ends[0], buf, 2), "read"));
    printf("read 4:   %zd\n",
           check_n(read(ends[0], buf, 4), "read"));
    printf("read 100: %zd\n",
           check_n(read(ends[0], buf, 100), "read"));
    /* end counts */
    return 0;
}
