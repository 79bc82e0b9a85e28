/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two processes store to one page as fast as they can. The test has the child stopped or killed
 * inside the tool; the parent goes on until that has happened, once more over all of the page, and
 * then kills the child. So whatever happens to the child, this program ends. */
#include "pair.h"

enum { MOST_ROUNDS = 20000, CELLS = 64 };

static volatile long *page;

static void round_of_stores(void)
{
    for (long i = 0; i < CELLS; i++)
        page[i] = i;
}

int main(void)
{
    page = shared(CELLS * sizeof(*page));
    pid_t pid = start();
    while (pid == 0)
        round_of_stores();
    int status = 0;
    pid_t changed = 0;
    for (int i = 0; i < MOST_ROUNDS && changed == 0; i++) {
        round_of_stores();
        changed = waitpid(pid, &status, WNOHANG | WUNTRACED);
    }
    /* a fork begins a new epoch: without one, stores that were seen before are passed over */
    pid_t other = start();
    if (other == 0)
        _exit(0);
    round_of_stores();
    finish(other);
    if (changed == pid && WIFSTOPPED(status)) {
        must(kill(pid, SIGKILL) == 0, "kill");
        finish(pid);
    }
    return changed != pid;
}
