/* SPDX-License-Identifier: MIT */
/* seqc by stdio: correct, as the request leaves the buffer by exactly one flush. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seq.h"

static int fail(const char *what)
{
    fprintf(stderr, "seqc: %s: %s\n", what, strerror(errno));
    return 1;
}

static int converse(const char *dir, const char *own, long len)
{
    char path[4096], line[SEQ_ANSWER_MAX];
    FILE *to, *from = fopen(own, "r+");
    int rc = 0;

    if (from == NULL)
        return fail(own);
    snprintf(path, sizeof path, "%s/%s", dir, SEQ_FIFO);
    to = fopen(path, "r+");
    if (to == NULL) {
        rc = fail(path);
        fclose(from);
        return rc;
    }
    fprintf(to, "\n");
    fprintf(to, "%ld ", (long)getpid());
    fprintf(to, "%ld\n", len);
    if (fclose(to) == EOF)
        rc = fail("fclose");
    if (rc == 0 && fgets(line, sizeof line, from) == NULL)
        rc = fail("fgets");
    if (rc == 0 && (fputs(line, stdout) == EOF || fflush(stdout) == EOF))
        rc = fail("stdout");
    fclose(from);
    return rc;
}

int main(int argc, char *argv[])
{
    long len = 0;
    char own[4096], rest;
    int rc;

    if (argc != 3 || argv[2][0] < '0' || argv[2][0] > '9' || strlen(argv[2]) > 7 ||
        sscanf(argv[2], "%ld%c", &len, &rest) != 1 || len < 1 || len > SEQ_LEN_MAX) {
        fprintf(stderr, "usage: seqc DIR LEN\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    snprintf(own, sizeof own, "%s/" SEQ_CLIENT, argv[1], (long)getpid());
    if (mkfifo(own, 0600) == -1)
        return fail(own);
    rc = converse(argv[1], own, len);
    remove(own);
    return rc;
}
