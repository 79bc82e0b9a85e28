/* SPDX-License-Identifier: MIT */
/**
 * Faulty: ends in the way its argument names.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile int zero;

static int overflow(int depth)
{
    volatile char frame[4096];

    memset((char *)frame, depth, sizeof frame);
    return overflow(depth + 1) + frame[depth % 4096];
}

/* Ask for more memory than a process may have. */
static int greedy(void)
{
    size_t got = 0;

    while (malloc(64 << 20))
        got += 64;
    printf("%zu MiB\n", got);
    perror("malloc");
    return 3;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";

    if (strcmp(how, "exit") == 0)
        exit(atoi(argv[2]));
    if (strcmp(how, "_exit") == 0)
        _exit(atoi(argv[2]));
    if (strcmp(how, "segv") == 0)
        *(volatile int *)8 = 1;
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "fpe") == 0)
        return 10 / zero;
    if (strcmp(how, "overflow") == 0)
        return overflow(0) & 1;
    if (strcmp(how, "greedy") == 0)
        return greedy();
    if (strcmp(how, "signal") == 0)
        raise(atoi(argv[2]));
    return 0;
}
