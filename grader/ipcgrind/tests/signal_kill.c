/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kill() -> the handler, sigqueue() -> sigwait(); the twin sends before it stores. */
#include "pair.h"

static volatile int *page;
static volatile int seen;

static void on_signal(int number)
{
    (void)number;
    seen = page[0] + 1; /* [second] */
}

static void child(void)
{
    sigset_t all;
    int number = 0;
    signal(SIGUSR1, on_signal);
    sigemptyset(&all);
    sigaddset(&all, SIGUSR2);
    must(sigwait(&all, &number) == 0, "sigwait");
    int got = page[1];
    sigdelset(&all, SIGUSR1); /* open to the first one only now */
    while (!seen)
        sigsuspend(&all);
    _exit(got + seen == 77);
}

int main(void)
{
    sigset_t set;
    page = shared(2 * sizeof(*page));
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid_t pid = start();
    if (pid == 0)
        child();
    page[1] = 1;
    must(sigqueue(pid, SIGUSR2, (union sigval){.sival_int = 0}) == 0, "sigqueue");
    if (ORDERED)
        page[0] = 1;
    must(kill(pid, SIGUSR1) == 0, "kill");
    if (!ORDERED)
        page[0] = 1; /* [first] */
    finish(pid);
}
