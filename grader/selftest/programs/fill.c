/* SPDX-License-Identifier: MIT */
/**
 * Faulty: writes argv[2] MiB to the file argv[1], or to as many files as that takes; says how much.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char block[1 << 20];

/* Return: MiB written to one file. */
static int fill(const char *path, int most, int *error)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600), n = 0;
    ssize_t got = 0;

    memset(block, 'x', sizeof block);
    while (fd != -1 && n < most && (got = write(fd, block, sizeof block)) == sizeof block)
        n++;
    *error = fd == -1 || got == -1 ? errno : 0;
    return n;
}

int main(int argc, char **argv)
{
    int want = atoi(argv[2]), have = 0, error = 0;
    char path[256];

    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 64 && have < want; i++) {
        int n;

        snprintf(path, sizeof path, "%s.%d", argv[1], i);
        n = fill(path, want - have, &error);
        have += n;
        if (n == 0)
            break;
    }
    printf("%d MiB, then %s\n", have, error ? strerror(error) : "enough");
    return argc > 3;
}
