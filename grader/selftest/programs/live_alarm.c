/* SPDX-License-Identifier: MIT */
/* Slow, but alive because of an alarm, which nobody can see from outside. A program of its own:
 * to name alarm() is what makes the warden careful. */
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"

static void on_alarm(int sig)
{
    (void)sig;
}

static void handler(void)
{
    signal(SIGALRM, on_alarm);
    alarm(3);
    pause();
}

/* Default action: the alarm ends the child, and that ends the parent's wait. */
static void deadly(void)
{
    if (fork() == 0) {
        alarm(3);
        pause();
    }
    wait(NULL);
}

/* The alarm survives exec. */
static void exec_cat(void)
{
    int p[2];

    MUST(pipe(p));
    if (fork() == 0) {
        MUST(dup2(p[0], 0));
        alarm(3);
        execlp("cat", "cat", (char *)NULL);
        _exit(127);
    }
    wait(NULL);
}

static void interval(void)
{
    struct itimerval it = {.it_interval = {1, 500000}, .it_value = {1, 500000}};

    signal(SIGALRM, on_alarm);
    MUST(setitimer(ITIMER_REAL, &it, NULL));
    for (int i = 0; i < 2; i++)
        pause();
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"handler", handler}, {"deadly", deadly}, {"exec", exec_cat}, {"interval", interval}};

    return RUN_MODE(modes);
}
