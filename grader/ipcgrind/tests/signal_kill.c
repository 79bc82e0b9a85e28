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

int main(void)
{
    sigset_t set;
    int number = 0;
    char c;
    int ready[2];
    page = shared(2 * sizeof(*page));
    must(pipe(ready) == 0, "pipe");
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid_t pid = start();
    if (pid == 0) {
        signal(SIGUSR1, on_signal);
        must(write(ready[1], "", 1) == 1, "write");
        must(sigwait(&set, &number) == 0, "sigwait");
        _exit(page[1] + seen == 77);
    }
    must(read(ready[0], &c, 1) == 1, "read");
    if (ORDERED)
        page[0] = 1;
    must(kill(pid, SIGUSR1) == 0, "kill");
    if (!ORDERED)
        page[0] = 1; /* [first] */
    page[1] = 1;
    must(sigqueue(pid, SIGUSR2, (union sigval){.sival_int = 0}) == 0, "sigqueue");
    finish(pid);
}
