/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The size of a System V message is that of its text; with RACE it counts the type, too. */
#include "pair.h"

#include <sys/msg.h>

static struct message {
    long type;
    char text[24];
} out, in, many[3];

int main(void)
{
    size_t size = ORDERED ? sizeof(out.text) : sizeof(out);
    int queue = msgget(IPC_PRIVATE, 0600);
    must(queue >= 0, "msgget");
    for (int i = 0; i < 3; i++)
        many[i].type = out.type = 1;
    must(msgsnd(queue, &out, size, 0) == 0, "msgsnd"); /* [send] */
    must(msgsnd(queue, &out, 4, 0) == 0, "msgsnd");
    must(msgsnd(queue, &many[2], size, 0) == 0, "msgsnd"); /* [last] */
    must(msgrcv(queue, &in, size, 0, 0) >= 0, "msgrcv");   /* [receive] */
    msgctl(queue, IPC_RMID, NULL);
}
