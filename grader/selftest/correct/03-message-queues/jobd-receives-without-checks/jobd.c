/* SPDX-License-Identifier: MIT */
/* jobd that receives only what poll() has announced, and the rest with a time that is over. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jobs.h"

enum { A_DAY = 86400000 };

static int wake[2];

static void on_term(int sig)
{
    int saved = errno;

    (void)sig;
    if (write(wake[1], "", 1) == -1)
        _exit(1);
    errno = saved;
}

static int fail(const char *call)
{
    fprintf(stderr, "jobd: %s: %s\n", call, strerror(errno));
    return 1;
}

static void print(unsigned prio, const char *text, ssize_t n)
{
    printf("%u %.*s\n", prio, (int)n, text);
    fflush(stdout);
}

int main(int argc, char *argv[])
{
    struct mq_attr attr = {.mq_maxmsg = JOBS_MAXMSG, .mq_msgsize = JOBS_MSGSIZE};
    struct sigaction act = {.sa_handler = on_term, .sa_flags = SA_RESTART};
    struct timespec over = {0, 0};
    struct pollfd fds[2];
    unsigned prio;
    mqd_t queue;
    ssize_t n;
    char *buf;

    if (argc != 2 || argv[1][0] != '/' || argv[1][1] == '\0' || strchr(argv[1] + 1, '/')) {
        fprintf(stderr, "usage: jobd /QUEUE\n");
        return 2;
    }
    if (pipe(wake) == -1 || sigaction(SIGTERM, &act, NULL) == -1)
        return fail("pipe");
    queue = mq_open(argv[1], O_RDONLY | O_CREAT, JOBS_MODE, &attr);
    if (queue == (mqd_t)-1 || mq_getattr(queue, &attr) == -1)
        return fail("mq_open");
    buf = malloc((size_t)attr.mq_msgsize);
    if (buf == NULL)
        return fail("malloc");
    puts("READY");
    fflush(stdout);
    fds[0] = (struct pollfd){.fd = queue, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = wake[0], .events = POLLIN};
    while (!(fds[1].revents & POLLIN)) {
        if (poll(fds, 2, A_DAY) == -1) {
            if (errno != EINTR)
                return fail("poll");
            fds[0].revents = fds[1].revents = 0;
        }
        if (fds[0].revents & POLLIN) {
            n = mq_receive(queue, buf, (size_t)attr.mq_msgsize, &prio);
            if (n == -1)
                return fail("mq_receive");
            print(prio, buf, n);
        }
    }
    while ((n = mq_timedreceive(queue, buf, (size_t)attr.mq_msgsize, &prio, &over)) != -1)
        print(prio, buf, n);
    free(buf);
    return errno != ETIMEDOUT || mq_unlink(argv[1]) == -1;
}
