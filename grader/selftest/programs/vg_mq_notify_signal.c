/* SPDX-License-Identifier: MIT */
/**
 * Correct: asks for a signal by mq_notify, with all the members set that exist for it.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 64};
    struct sigevent ev;
    char name[32];

    snprintf(name, sizeof(name), "/vg-%d", (int)getpid());
    mqd_t q = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
    if (q == (mqd_t)-1 || mq_unlink(name) == -1)
        return 1;
    ev.sigev_notify = SIGEV_SIGNAL;
    ev.sigev_signo = SIGUSR1;
    ev.sigev_value.sival_int = 3;
    if (mq_notify(q, &ev) == -1)
        return 1;
    return mq_close(q) == -1;
}
