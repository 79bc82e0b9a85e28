/* SPDX-License-Identifier: MIT */
/*
 * mq_size: the buffer must hold the largest message, whatever
 * comes.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

int main(void)
{
    char name[32];
    struct mq_attr want = {.mq_maxmsg = 2, .mq_msgsize = 512};
    mqd_t q;

    snprintf(name, sizeof name, "/slide.%ld", (long)getpid());
    q = check(
        mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &want),
        "mq_open");
    check(mq_unlink(name),
          "mq_unlink"); /* open, and nameless */
    /* slide size */
    char buf[64];
    struct mq_attr is;

    check(mq_send(q, "hi", 2, 0), "mq_send");
    if (mq_receive(q, buf, sizeof buf, NULL) == -1)
        printf("64 bytes for 2: %s\n", strerrorname_np(errno));
    check(mq_getattr(q, &is), "mq_getattr");
    printf("ask first: mq_msgsize is %ld\n", is.mq_msgsize);
    /* end size */
    check(mq_close(q), "mq_close");
    return 0;
}
