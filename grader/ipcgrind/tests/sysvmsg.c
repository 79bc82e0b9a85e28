/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System V messages: each brings what was stored before it was sent, told apart by their type. The
 * twin receives the first of two types only, which knows nothing of the second. */
#include "pair.h"

#include <sys/msg.h>

struct message {
    long type;
    char text[8];
};

static void send(int queue, long type)
{
    struct message m = {.type = type};
    must(msgsnd(queue, &m, sizeof(m.text), 0) == 0, "msgsnd");
}

int main(void)
{
    int *p = shared(2 * sizeof(*p));
    struct message m;
    int queue = msgget(IPC_PRIVATE, 0600);
    must(queue >= 0, "msgget");
    pid_t pid = start();
    if (pid == 0) {
        p[0] = 1;
        send(queue, 2);
        p[1] = 1; /* [first] */
        send(queue, 1);
        _exit(0);
    }
    /* the last that was sent, and it is the one of the lowest type */
    must(msgrcv(queue, &m, sizeof(m.text), ORDERED ? 1 : 2, 0) >= 0, "msgrcv");
    int got = p[0];
    got += p[1]; /* [second] */
    finish(pid);
    msgctl(queue, IPC_RMID, NULL);
    return got == 7;
}
