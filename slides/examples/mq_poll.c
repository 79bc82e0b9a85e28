/* SPDX-License-Identifier: MIT */
/*
 * mq_poll: on Linux a queue is a descriptor, and poll takes it.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <unistd.h>

#include "check.h"

int main(void)
{
    char name[32];
    struct mq_attr want = {.mq_maxmsg = 2, .mq_msgsize = 64};
    mqd_t q;

    snprintf(name, sizeof name, "/slide.%ld", (long)getpid());
    q = check(
        mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &want),
        "mq_open");
    check(mq_unlink(name), "mq_unlink");
    /* slide poll */
    struct pollfd ask = {.fd = q, .events = POLLIN};

    printf("ready: %d\n", check(poll(&ask, 1, 0), "poll"));
    check(mq_send(q, "x", 1, 0), "mq_send");
    printf("ready: %d\n", check(poll(&ask, 1, 1000), "poll"));
    /* end poll */
    check(mq_close(q), "mq_close");
    return 0;
}
