/* SPDX-License-Identifier: MIT */
/* sieve: stdio on every pipe. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int run_filter(FILE *in);

static FILE *start(pid_t *pid, FILE *left)
{
    FILE *to = NULL;
    int p[2];

    if (pipe(p) == -1) {
        perror("sieve: pipe");
        return NULL;
    }
    fflush(stdout);
    *pid = fork();
    if (*pid == 0) {
        FILE *in = fdopen(p[0], "r");

        close(p[1]);
        if (left != NULL)
            close(fileno(left)); /* not fclose(): it would move the shared offset of a file */
        _exit(in == NULL ? 1 : run_filter(in));
    }
    if (*pid == -1)
        perror("sieve: fork");
    else
        to = fdopen(p[1], "w");
    close(p[0]);
    if (to == NULL)
        close(p[1]);
    return to;
}

static int finish(FILE *to, pid_t pid)
{
    int status, rc = 0;

    if (to == NULL)
        return 0;
    if (fclose(to) == EOF)
        rc = 1;
    if (waitpid(pid, &status, 0) == -1 || status != 0)
        rc = 1;
    return rc;
}

static int run_filter(FILE *in)
{
    FILE *to = NULL;
    pid_t pid = -1;
    int32_t prime, v;
    int bad = 0;

    if (fread(&prime, sizeof prime, 1, in) != 1)
        return 1;
    printf("prime %d\n", prime);
    if (fflush(stdout) == EOF) {
        perror("sieve: fflush");
        return 1;
    }
    while (!bad && fread(&v, sizeof v, 1, in) == 1) {
        if (v % prime == 0)
            continue;
        if (to == NULL)
            to = start(&pid, in);
        bad = to == NULL || fwrite(&v, sizeof v, 1, to) != 1;
    }
    bad |= ferror(in);
    fclose(in);
    return finish(to, pid) || bad;
}

int main(int argc, char *argv[])
{
    char *end = argv[0];
    long n = 0;
    int bad = 0;
    FILE *to;
    pid_t pid;

    if (argc == 2 && strspn(argv[1], "0123456789") > 0)
        n = strtol(argv[1], &end, 10);
    if (n < 2 || n > 100000 || *end != '\0') {
        fprintf(stderr, "usage: sieve N\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    to = start(&pid, NULL);
    if (to == NULL)
        return 1;
    for (int32_t v = 2; v <= n && !bad; v++)
        bad = fwrite(&v, sizeof v, 1, to) != 1;
    return finish(to, pid) || bad;
}
