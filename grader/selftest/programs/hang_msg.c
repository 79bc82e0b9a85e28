/* SPDX-License-Identifier: MIT */
/* Deadlocks with message queues, POSIX and System V. */
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"

struct message {
    long type;
    char text[1000];
};

static mqd_t queue(void)
{
    struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 64};
    mqd_t q = mq_open("/work_queue", O_CREAT | O_RDWR, 0600, &attr);

    MUST(q);
    return q;
}

static void mq_empty(void)
{
    char buf[64];

    mq_receive(queue(), buf, sizeof buf, NULL);
}

/* The one who should receive waits for the sender's end. */
static void mq_full(void)
{
    mqd_t q = queue();

    if (fork() == 0) {
        for (int i = 0; i < 3; i++)
            mq_send(q, "x", 1, 0);
        _exit(0);
    }
    wait(NULL);
}

/* The message is there, but of another type. */
static void type(void)
{
    static struct message m = {.type = 1};
    int q;

    MUST(q = msgget(0x42, IPC_CREAT | 0600));
    MUST(msgsnd(q, &m, 10, 0));
    msgrcv(q, &m, sizeof m.text, 7, 0);
}

/* Requests fill the one queue, and the server cannot put its reply in. */
static void one_queue(void)
{
    static struct message m = {.type = 1};
    int q, ready[2];
    char c = 0;

    MUST(q = msgget(0x43, IPC_CREAT | 0600));
    MUST(pipe(ready));
    if (fork() == 0) {
        (void)!read(ready[0], &c, 1);
        m.type = 1;
        MUST(msgsnd(q, &m, sizeof m.text, 0)); /* takes the room the server made */
        (void)!write(ready[1], &c, 1);
        MUST(msgsnd(q, &m, sizeof m.text, 0));
        _exit(0);
    }
    while (msgsnd(q, &m, sizeof m.text, IPC_NOWAIT) == 0)
        ;
    MUST(msgrcv(q, &m, sizeof m.text, 1, 0));
    (void)!write(ready[1], &c, 1);
    while (msgsnd(q, &m, sizeof m.text, IPC_NOWAIT) == 0)
        ;
    m.type = getpid();
    MUST(msgsnd(q, &m, sizeof m.text, 0));
}

static void on_message(int sig)
{
    (void)sig;
}

/* A notification that was used up, and messages since. */
static void notify_once(void)
{
    struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    mqd_t q = queue();

    signal(SIGUSR1, on_message);
    MUST(mq_notify(q, &ev));
    MUST(mq_send(q, "abc", 3, 0));
    pause();
}

/* Asked for when a message lay there already. */
static void notify_late(void)
{
    struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    mqd_t q = queue();

    signal(SIGUSR1, on_message);
    MUST(mq_send(q, "abc", 3, 0));
    MUST(mq_send(q, "abc", 3, 0));
    MUST(mq_notify(q, &ev));
    pause();
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"mq-empty", mq_empty},   {"mq-full", mq_full},         {"type", type},
        {"one-queue", one_queue}, {"notify-once", notify_once}, {"notify-late", notify_late}};

    return RUN_MODE(modes);
}
