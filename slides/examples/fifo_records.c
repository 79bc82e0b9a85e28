/* SPDX-License-Identifier: MIT */
/*
 * fifo_records: four writers, one pipe, records of at most
 * PIPE_BUF: none is torn.
 */
#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { WRITERS = 4, RECORDS = 50 };

/* slide write */
static void write_records(int wfd, int who)
{
    char record[PIPE_BUF]; /* 4096: in one piece, or wait */

    memset(record, 'a' + who, sizeof record);
    for (int i = 0; i < RECORDS; i++)
        check_n(write(wfd, record, sizeof record), "write");
}
/* end write */

static int read_record(FILE *in, char *record)
{
    return fread(record, PIPE_BUF, 1, in) == 1;
}

int main(void)
{
    char record[PIPE_BUF];
    int ends[2], torn = 0, all = 0;
    FILE *in;

    check(pipe(ends), "pipe");
    for (int who = 0; who < WRITERS; who++)
        if (check(fork(), "fork") == 0) {
            write_records(ends[1], who);
            _exit(0);
        }
    check(close(ends[1]), "close");
    in = fdopen(ends[0], "r");
    while (in != NULL && read_record(in, record)) {
        all++;
        torn += record[0] != record[PIPE_BUF - 1];
    }
    while (wait(NULL) > 0)
        ;
    if (in != NULL)
        fclose(in);
    printf("%d records, %d torn\n", all, torn);
    return 0;
}
