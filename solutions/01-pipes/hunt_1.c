/* SPDX-License-Identifier: MIT */
/*
 * hunt_1 WORD..: measure words in another process.
 *
 * The child sends one record for each word through a pipe, the parent prints
 *
 *     INITIAL LENGTH WORD     (the word cut to 15 characters)
 *
 * Repaired: three bytes between `initial` and `length`, and what is behind the
 * word, were never set, but sent: old contents of the stack, readable by
 * whoever reads the pipe. Now the whole record is zero before it is filled.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct record {
    char initial;
    int32_t length;
    char word[16];
};

static int send_words(int wfd, char **words)
{
    for (; *words != NULL; words++) {
        struct record r;

        memset(&r, 0, sizeof r); /* an initialiser need not reach padding */
        r.initial = **words;
        r.length = (int32_t)strlen(*words);
        snprintf(r.word, sizeof r.word, "%s", *words);
        /* At most PIPE_BUF bytes: written whole, or not at all. */
        if (write(wfd, &r, sizeof r) == -1) {
            perror("hunt_1: write");
            return 1;
        }
    }
    return 0;
}

/* stdio asks again after a short read; a record is there whole, or the end. */
static int print_records(int rfd)
{
    FILE *in = fdopen(rfd, "r");
    struct record r;
    int failed;

    if (in == NULL) {
        perror("hunt_1: fdopen");
        return 1;
    }
    while (fread(&r, sizeof r, 1, in) == 1)
        printf("%c %d %s\n", r.initial, (int)r.length, r.word);
    failed = ferror(in);
    if (failed)
        perror("hunt_1: read");
    if (fclose(in) == EOF)
        failed = 1;
    return failed;
}

int main(int argc, char *argv[])
{
    int ends[2], status, failed;
    pid_t pid;

    if (argc < 2) {
        fprintf(stderr, "usage: hunt_1 WORD..\n");
        return 2;
    }
    if (pipe(ends) == -1 || (pid = fork()) == -1) {
        perror("hunt_1: pipe");
        return 1;
    }
    if (pid == 0) {
        close(ends[0]);
        _exit(send_words(ends[1], argv + 1));
    }
    close(ends[1]);
    failed = print_records(ends[0]);
    if (waitpid(pid, &status, 0) == -1 || status != 0)
        failed = 1;
    return failed;
}
