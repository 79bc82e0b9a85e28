/* SPDX-License-Identifier: MIT */
/* The other side of the raw peer: echoes of POSIX and System V queues, and queues held or left. */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "modes.h"

static struct {
    long type;
    char text[9000];
} m;

/* Each message of /in goes to /out with its priority, until an empty one. */
static void mq_echo(void)
{
    mqd_t in = mq_open("/in", O_RDONLY), out = mq_open("/out", O_WRONLY);
    unsigned prio;
    ssize_t n;

    MUST(in);
    MUST(out);
    while ((n = mq_receive(in, m.text, sizeof m.text, &prio)) > 0)
        MUST(mq_send(out, m.text, (size_t)n, prio));
    MUST(n);
}

/* Type 1 comes, type 7 goes back, until an empty one. */
static void sysv_echo(void)
{
    int q;
    ssize_t n;

    MUST(q = msgget(0x4242, 0));
    while ((n = msgrcv(q, &m, sizeof m.text, 1, 0)) > 0) {
        m.type = 7;
        MUST(msgsnd(q, &m, (size_t)n, 0));
    }
    MUST(n);
}

/* Says what mq_open() of a queue above the limits came to. */
static void limits(void)
{
    struct mq_attr attr = {.mq_maxmsg = 11, .mq_msgsize = 8};

    printf("%d\n", mq_open("/much", O_RDWR | O_CREAT, 0600, &attr) != (mqd_t)-1);
}

static void leave_one(void)
{
    MUST(mq_open("/left", O_RDWR | O_CREAT, 0600, NULL));
}

/* Nine queues of default size, as long as this runs. */
static void hold(void)
{
    for (int i = 0; i < 9; i++) {
        MUST(mq_open("/held", O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
        MUST(mq_unlink("/held"));
    }
    puts("held");
    fflush(stdout);
    pause();
}

static void fine(void)
{
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {{"mq-echo", mq_echo}, {"sysv-echo", sysv_echo},
                                        {"limits", limits},   {"leave-one", leave_one},
                                        {"hold", hold},       {"fine", fine}};

    return RUN_MODE(modes);
}
