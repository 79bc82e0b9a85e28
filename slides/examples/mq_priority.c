/* SPDX-License-Identifier: MIT */
/*
 * mq_priority: what comes out first. Removes its queue.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

/* slide put */
static void put(mqd_t q, const char *text, unsigned prio)
{
    check(mq_send(q, text, strlen(text), prio), "mq_send");
}
/* end put */

int main(void)
{
    char name[32];

    snprintf(name, sizeof name, "/slide.%ld", (long)getpid());
    /* slide make */
    struct mq_attr want = {.mq_maxmsg = 10, .mq_msgsize = 64};
    mqd_t q = check(
        mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &want),
        "mq_open");
    /* end make */
    /* slide order */
    char buf[64];
    unsigned prio;

    put(q, "tea", 1);
    put(q, "fire", 9);
    put(q, "coffee", 1);
    for (int i = 0; i < 3; i++) {
        ssize_t got =
            check_n(mq_receive(q, buf, sizeof buf, &prio),
                    "mq_receive");

        printf("%u %.*s\n", prio, (int)got, buf);
    }
    /* end order */
    check(mq_close(q), "mq_close");
    check(mq_unlink(name), "mq_unlink");
    return 0;
}
