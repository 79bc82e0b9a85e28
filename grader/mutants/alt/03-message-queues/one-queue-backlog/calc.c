/* SPDX-License-Identifier: MIT */
/* calc KEYFILE EXPR: the replies come through the queue of the requests. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "calc.h"

static int complain(const char *call)
{
    fprintf(stderr, "calc: %s: %s\n", call, strerror(errno));
    return 1;
}

int main(int argc, char *argv[])
{
    struct calc_request ask = {.mtype = CALC_REQUEST, .pid = getpid()};
    struct calc_reply r;
    key_t key;
    int rc;

    if (argc != 3 || strlen(argv[2]) > CALC_EXPR_MAX) {
        fputs("usage: calc KEYFILE EXPR\n", stderr);
        return 2;
    }
    if ((key = ftok(argv[1], CALC_REQUESTS)) == -1)
        return complain("ftok");
    if ((ask.reply_to = msgget(key, 0)) == -1)
        return complain("msgget");
    memcpy(ask.expr, argv[2], strlen(argv[2]));
    do
        rc = msgsnd(ask.reply_to, &ask, 8 + strlen(argv[2]), 0);
    while (rc == -1 && errno == EINTR);
    if (rc == -1)
        return complain("msgsnd");
    do
        rc = (int)msgrcv(ask.reply_to, &r, 16, ask.pid, 0);
    while (rc == -1 && errno == EINTR);
    if (rc == -1)
        return complain("msgrcv");
    if (r.status != CALC_OK) {
        fprintf(stderr, "calc: no result (%" PRId64 ")\n", r.status);
        return 4;
    }
    printf("%" PRId64 "\n", r.value);
    return fflush(stdout) == EOF ? complain("fflush") : 0;
}
