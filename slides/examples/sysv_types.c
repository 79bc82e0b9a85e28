/* SPDX-License-Identifier: MIT */
/*
 * sysv_types: one System V queue, several kinds of letters.
 * Removes it.
 */
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "check.h"

/* slide letter */
struct letter {
    long mtype;    /* > 0; whom or what it is for */
    char text[16]; /* the message: the size counts this only */
};
/* end letter */

static void put(int id, long type, const char *text)
{
    struct letter l = {.mtype = type};

    snprintf(l.text, sizeof l.text, "%s", text);
    check(msgsnd(id, &l, sizeof l.text, 0), "msgsnd");
}

static void get(int id, long type)
{
    struct letter l = {0};

    check_n(msgrcv(id, &l, sizeof l.text, type, 0), "msgrcv");
    printf("asked for %ld: type %ld, %s\n", type, l.mtype,
           l.text);
}

int main(void)
{
    /* slide types */
    int id = check(msgget(IPC_PRIVATE, 0600), "msgget");

    put(id, 1, "request");
    put(id, 4711, "reply to 4711");
    put(id, 1, "next request");
    get(id, 4711); /* this type only */
    get(id, 0);    /* the oldest of all */
    get(id, 1);
    check(msgctl(id, IPC_RMID, NULL), "msgctl");
    /* end types */
    return 0;
}
