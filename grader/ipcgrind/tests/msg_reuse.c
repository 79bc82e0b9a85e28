/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message queue is removed with a message in it, and the new one gets its key and, where we may
 * ask for it, its number: the old message is none of the new queue's. Somebody who may not remove
 * a queue leaves it as it is. */
#include "pair.h"

#include <sys/msg.h>

#include "reuse.h"

struct message {
    long type;
    char text[8];
};

static void send(int queue)
{
    struct message m = {.type = 1};
    must(msgsnd(queue, &m, sizeof(m.text), 0) == 0, "msgsnd");
}

int main(void)
{
    int *p = shared(2 * sizeof(*p));
    struct message m;
    key_t key = ftok("/", getpid());
    int queue = msgget(key, 0666 | IPC_CREAT);
    must(queue >= 0, "msgget");
    send(queue);
    must(msgctl(queue, IPC_RMID, NULL) == 0, "msgctl");
    ask_for("msg", queue);
    queue = msgget(key, 0666 | IPC_CREAT | IPC_EXCL);
    must(queue >= 0, "msgget");
    pid_t pid = start();
    if (pid == 0) {
        p[0] = 1;
        if (ORDERED)
            p[1] = 1;
        send(queue);
        if (!ORDERED)
            p[1] = 1; /* [first] */
        if (getuid() == 0) {
            must(setuid(65534) == 0, "setuid");
            must(msgctl(queue, IPC_RMID, NULL) < 0, "IPC_RMID by somebody else");
        }
        _exit(0);
    }
    struct msqid_ds ds;
    do /* until the child has tried: that orders nothing */
        must(msgctl(queue, IPC_STAT, &ds) == 0, "msgctl");
    while (ds.msg_qnum == 0);
    if (ORDERED) {
        char path[64];
        char state = 0;
        snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
        while (state != 'Z') {
            FILE *f = fopen(path, "r");
            must(f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1, "stat");
            fclose(f);
        }
    }
    must(msgrcv(queue, &m, sizeof(m.text), 0, 0) >= 0, "msgrcv");
    int got = p[0];
    got += p[1]; /* [second] */
    must(msgctl(queue, IPC_RMID, NULL) == 0, "msgctl");
    finish(pid);
    return got == 77;
}
