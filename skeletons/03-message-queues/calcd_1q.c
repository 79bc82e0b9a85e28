/* SPDX-License-Identifier: MIT */
/*
 * calcd_1q N: a server and N clients that share ONE queue. Given, to be read
 * and tried (Predict, P5, and step 03.12); nothing is to be changed here.
 *
 * It works for a few clients, and from some N on it hangs, although every call
 * is checked and every message is taken by somebody. Ctrl-C ends it; ipcs -q
 * then shows the queue it left, ipcrm -q removes it.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REQUEST = 1, REQUEST_SIZE = 1024, REPLY_SIZE = 16 };

struct message {
    long mtype; /* REQUEST, or the process id of the client */
    char text[REQUEST_SIZE];
};

static void die(const char *call)
{
    perror(call);
    exit(1);
}

/* One request, one reply, both through the same queue. */
static void be_client(int queue)
{
    struct message m = {.mtype = REQUEST};
    pid_t pid = getpid();

    memcpy(m.text, &pid, sizeof pid);
    if (msgsnd(queue, &m, REQUEST_SIZE, 0) == -1)
        die("calcd_1q: msgsnd (client)");
    if (msgrcv(queue, &m, REPLY_SIZE, pid, 0) == -1)
        die("calcd_1q: msgrcv (client)");
    _exit(0);
}

/* The server has something else to do until @n requests have come, or as many
 * as the queue holds. */
static void be_busy(int queue, unsigned long n)
{
    struct msqid_ds ds;

    do {
        sched_yield();
        if (msgctl(queue, IPC_STAT, &ds) == -1)
            die("calcd_1q: msgctl");
    } while (ds.msg_qnum < n && ds.msg_qnum < ds.msg_qbytes / REQUEST_SIZE);
}

static void serve(int queue, unsigned long n)
{
    struct message m;
    pid_t pid;

    for (unsigned long done = 0; done < n; done++) {
        if (done == 0)
            be_busy(queue, n);
        if (msgrcv(queue, &m, REQUEST_SIZE, REQUEST, 0) == -1)
            die("calcd_1q: msgrcv");
        if (done == 0)
            be_busy(queue, n - 1);
        memcpy(&pid, m.text, sizeof pid);
        m.mtype = pid;
        if (msgsnd(queue, &m, REPLY_SIZE, 0) == -1)
            die("calcd_1q: msgsnd");
    }
}

int main(int argc, char *argv[])
{
    unsigned long n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    int queue;

    if (n < 1 || n > 100) {
        fprintf(stderr, "usage: calcd_1q N, with N from 1 to 100\n");
        return 2;
    }
    queue = msgget(IPC_PRIVATE, 0600);
    if (queue == -1)
        die("calcd_1q: msgget");
    for (unsigned long i = 0; i < n; i++) {
        pid_t pid = fork();

        if (pid == -1)
            die("calcd_1q: fork");
        if (pid == 0)
            be_client(queue);
    }
    serve(queue, n);
    while (wait(NULL) != -1)
        ;
    if (msgctl(queue, IPC_RMID, NULL) == -1)
        die("calcd_1q: msgctl");
    printf("%lu replies\n", n);
    return 0;
}
