/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mq_send() -> the signal that mq_notify() asked for, in a handler and in sigwaitinfo(). The twin
 * stores after it has sent. */
#include "pair.h"

#include <mqueue.h>

static volatile int *page;
static volatile int seen;

static void on_signal(int number)
{
    (void)number;
    seen = page[0] + 1;
}

static mqd_t make(const char *which)
{
    struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 8};
    char name[64];
    snprintf(name, sizeof(name), "/ipcgrind-%s-%d", which, (int)getpid());
    mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
    must(queue >= 0 && mq_unlink(name) == 0, "mq_open");
    return queue;
}

static void ask(mqd_t queue, int number)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = number};
    must(mq_notify(queue, &event) == 0, "mq_notify");
}

static void child(mqd_t one, mqd_t two)
{
    page[0] = 1;
    must(mq_send(one, "a", 1, 0) == 0, "mq_send");
    if (ORDERED)
        page[1] = 1;
    must(mq_send(two, "b", 1, 0) == 0, "mq_send");
    if (!ORDERED)
        page[1] = 1; /* [first] */
    _exit(0);
}

int main(void)
{
    sigset_t mine;
    sigset_t open;
    page = shared(2 * sizeof(*page));
    mqd_t one = make("one");
    mqd_t two = make("two");
    sigemptyset(&mine);
    sigaddset(&mine, SIGUSR1);
    sigaddset(&mine, SIGUSR2);
    sigprocmask(SIG_BLOCK, &mine, &open);
    signal(SIGUSR1, on_signal);
    ask(one, SIGUSR1);
    ask(two, SIGUSR2);
    pid_t pid = start();
    if (pid == 0)
        child(one, two);
    while (!seen)
        sigsuspend(&open);
    sigdelset(&mine, SIGUSR1);
    must(sigwaitinfo(&mine, NULL) == SIGUSR2, "sigwaitinfo");
    int got = page[1]; /* [second] */
    finish(pid);
    return got == 77;
}
