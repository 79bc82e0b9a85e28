/* SPDX-License-Identifier: MIT */
/* job /QUEUE PRIO TEXT: digit by digit, and mq_send() says that TEXT is too long. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn static void usage(void)
{
    fprintf(stderr, "usage: job /QUEUE PRIO TEXT\n");
    exit(2);
}

static unsigned parse(const char *digits)
{
    unsigned value = 0;

    if (*digits == '\0')
        usage();
    for (; *digits != '\0'; digits++) {
        if (!isdigit((unsigned char)*digits))
            usage();
        value = value * 10 + (unsigned)(*digits - '0');
        if (value > 32767)
            usage();
    }
    return value;
}

int main(int argc, char *argv[])
{
    unsigned prio;
    mqd_t queue;

    if (argc != 4 || strlen(argv[1]) < 2 || strrchr(argv[1], '/') != argv[1])
        usage();
    prio = parse(argv[2]);
    queue = mq_open(argv[1], O_WRONLY);
    if (queue == (mqd_t)-1)
        err(1, "mq_open");
    if (mq_send(queue, argv[3], strlen(argv[3]), prio) == -1) {
        if (errno == EMSGSIZE)
            errx(3, "the text is too long for this queue");
        err(1, "mq_send");
    }
    return 0;
}
