/* SPDX-License-Identifier: MIT */
/*
 * calc KEYFILE EXPR: one queue, and at most eight requests under way.
 *
 * Before it sends, calc locks one of eight bytes of the key file, and holds it
 * until its end; so the longest requests fill half of the queue, and the
 * replies find room. The kernel gives the lock back, whatever ends the client.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "calc.h"

enum { SEATS = 8 };

static int complain(const char *call)
{
    fprintf(stderr, "calc: %s: %s\n", call, strerror(errno));
    return -1;
}

/* A free seat, or the turn for a taken one. */
static int take_seat(const char *keyfile)
{
    struct flock seat = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    int fd = open(keyfile, O_RDWR);

    if (fd == -1)
        return complain("open");
    for (seat.l_start = 0; seat.l_start < SEATS; seat.l_start++)
        if (fcntl(fd, F_SETLK, &seat) == 0)
            return 0;
    seat.l_start = getpid() % SEATS;
    while (fcntl(fd, F_SETLKW, &seat) == -1)
        if (errno != EINTR)
            return complain("fcntl");
    return 0;
}

static int find_queue(const char *keyfile)
{
    key_t key = ftok(keyfile, CALC_REQUESTS);
    int queue;

    if (key == -1)
        return complain("ftok");
    queue = msgget(key, 0600);
    return queue == -1 ? complain("msgget") : queue;
}

static int ask(int queue, const char *expr, struct calc_reply *reply)
{
    struct calc_request m = {.mtype = CALC_REQUEST, .pid = getpid(), .reply_to = queue};
    size_t len = strlen(expr);

    memcpy(m.expr, expr, len);
    while (msgsnd(queue, &m, sizeof m.pid + sizeof m.reply_to + len, 0) == -1)
        if (errno != EINTR)
            return complain("msgsnd");
    while (msgrcv(queue, reply, sizeof *reply - sizeof(long), m.pid, 0) == -1)
        if (errno != EINTR)
            return complain("msgrcv");
    return 0;
}

int main(int argc, char *argv[])
{
    struct calc_reply reply;
    int queue;

    if (argc != 3 || strlen(argv[2]) > CALC_EXPR_MAX) {
        fputs("usage: calc KEYFILE EXPR\n", stderr);
        return 2;
    }
    if ((queue = find_queue(argv[1])) == -1 || take_seat(argv[1]) == -1 ||
        ask(queue, argv[2], &reply) == -1)
        return 1;
    if (reply.status != CALC_OK) {
        fprintf(stderr, "calc: no result, status %" PRId64 "\n", reply.status);
        return 4;
    }
    printf("%" PRId64 "\n", reply.value);
    return fflush(stdout) == EOF;
}
