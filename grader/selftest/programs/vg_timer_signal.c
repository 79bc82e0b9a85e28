/* SPDX-License-Identifier: MIT */
/**
 * Correct: makes a timer with an int for its handler; the union around it is larger.
 */
#include <signal.h>
#include <time.h>

int main(void)
{
    struct sigevent ev;
    timer_t id;

    ev.sigev_notify = SIGEV_SIGNAL;
    ev.sigev_signo = SIGUSR1;
    ev.sigev_value.sival_int = 1;
    if (timer_create(CLOCK_MONOTONIC, &ev, &id) == -1)
        return 1;
    return timer_delete(id) == -1;
}
