/* SPDX-License-Identifier: GPL-2.0-or-later */
/* POSIX messages overtake each other by priority; each brings what was stored before it. The twin
 * reads what only the urgent one tells of when it has got the other. */
#include "pair.h"

#include <mqueue.h>

int main(void)
{
    int *p = shared(2 * sizeof(*p));
    struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 8};
    char name[64];
    char text[8];
    unsigned priority = 0;
    snprintf(name, sizeof(name), "/ipcgrind-%d", (int)getpid());
    mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
    must(queue >= 0, "mq_open");
    mq_unlink(name);
    sem_t *sent = shared(sizeof(*sent));
    must(sem_init(sent, 1, 0) == 0, "sem_init");
    must(mq_send(queue, "low", 4, 1) == 0, "mq_send");
    pid_t pid = start();
    if (pid == 0) {
        must(mq_receive(queue, text, sizeof(text), &priority) >= 0, "mq_receive");
        must(mq_receive(queue, text, sizeof(text), ORDERED ? NULL : &priority) >= 0, "mq_receive");
        _exit(p[0] == 7); /* [first] */
    }
    if (ORDERED)
        p[0] = 1;
    must(mq_send(queue, "high", 5, 5) == 0, "mq_send");
    if (!ORDERED)
        p[0] = 1; /* [second] */
    finish(pid);
}
