/* SPDX-License-Identifier: MIT */
/* job that waits for room in poll(), and finds out by EMSGSIZE that its text is too long. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *call)
{
    fprintf(stderr, "job: %s: %s\n", call, strerror(errno));
    return errno == EMSGSIZE ? 3 : 1;
}

int main(int argc, char *argv[])
{
    struct pollfd room = {.events = POLLOUT};
    char *end = NULL;
    long prio = -1;

    errno = 0;
    if (argc == 4 && isdigit((unsigned char)argv[2][0]))
        prio = strtol(argv[2], &end, 10);
    if (argc != 4 || errno || prio < 0 || prio > 32767 || *end != '\0' || argv[1][0] != '/' ||
        argv[1][1] == '\0' || strchr(argv[1] + 1, '/') != NULL) {
        fprintf(stderr, "usage: job /QUEUE PRIO TEXT\n");
        return 2;
    }
    room.fd = mq_open(argv[1], O_WRONLY | O_NONBLOCK);
    if (room.fd == -1)
        return fail("mq_open");
    while (mq_send(room.fd, argv[3], strlen(argv[3]), (unsigned)prio) == -1)
        if (errno != EAGAIN || poll(&room, 1, -1) == -1)
            return fail("mq_send");
    return 0;
}
