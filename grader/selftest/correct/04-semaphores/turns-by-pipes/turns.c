/* SPDX-License-Identifier: MIT */
/* turns N K: the turn is a byte that goes round through N pipes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crew.h"
#include "kit.h"

static int ends[26][2];
static int n, k;

static int fail(const char *call)
{
    fprintf(stderr, "turns: %s: %s\n", call, strerror(errno));
    return -1;
}

static int play(int i, void *arg)
{
    char byte;

    (void)arg;
    for (int round = 0; round < k; round++) {
        ssize_t got;

        kit_want("turn", i);
        do
            got = read(ends[i][0], &byte, 1);
        while (got == -1 && errno == EINTR);
        if (got != 1)
            return fail("read");
        kit_enter("turn", i);
        if (dprintf(STDOUT_FILENO, "%c\n", 'A' + i) < 0)
            return fail("write");
        kit_leave("turn", i);
        if (write(ends[(i + 1) % n][1], &byte, 1) != 1)
            return fail("write");
    }
    return 0;
}

int main(int argc, char *argv[])
{
    n = argc == 3 ? (int)crew_number(argv[1], 2, 26) : -1;
    k = argc == 3 ? (int)crew_number(argv[2], 1, 1000) : -1;
    if (n == -1 || k == -1) {
        fputs("usage: turns N K\n", stderr);
        return 2;
    }
    for (int i = 0; i < n; i++)
        if (pipe(ends[i]) == -1)
            return fail("pipe") == -1;
    if (write(ends[0][1], "!", 1) != 1)
        return fail("write") == -1;
    return crew_run("turns", n, play, NULL) == -1;
}
