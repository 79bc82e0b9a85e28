/* SPDX-License-Identifier: MIT */
/* Signal handlers for handlers=1: what they call, and that they are what the program asked for. */
#include <mqueue.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "modes.h"

static volatile sig_atomic_t runs, value;
static sigjmp_buf back;

static void prints(int sig)
{
    (void)sig;
    printf("in the handler\n");
}

static void writes(int sig)
{
    (void)sig;
    (void)!write(STDOUT_FILENO, "w\n", 2);
    runs++;
}

static void jumps(int sig)
{
    (void)sig;
    siglongjmp(back, 1);
}

static void told(int sig, siginfo_t *info, void *context)
{
    value = context && info->si_signo == sig ? info->si_value.sival_int : -1;
    runs++;
}

static struct sigaction with(void (*handler)(int))
{
    struct sigaction act = {.sa_handler = handler};

    sigemptyset(&act.sa_mask);
    return act;
}

static void unsafe(void)
{
    struct sigaction act = with(prints);

    MUST(sigaction(SIGUSR1, &act, NULL));
    raise(SIGUSR1);
}

static void by_signal(void)
{
    signal(SIGUSR2, prints);
    raise(SIGUSR2);
}

static void safe(void)
{
    struct sigaction act = with(writes);

    MUST(sigaction(SIGUSR1, &act, NULL));
    printf("before\n");
    fflush(stdout);
    raise(SIGUSR1);
    printf("after %d\n", (int)runs);
}

/* Far below the place where the handler ran, and yet not in it. */
static void deep(int n)
{
    volatile char room[1000];

    memset((char *)room, n, sizeof room);
    if (n > 0)
        deep(n - 1);
    else
        printf("out of it\n");
}

static void jump_out(void)
{
    struct sigaction act = with(jumps);

    MUST(sigaction(SIGUSR1, &act, NULL));
    if (sigsetjmp(back, 1) == 0)
        raise(SIGUSR1);
    deep(20);
}

static void same_old(void)
{
    struct sigaction act = with(writes), old = {0};
    union sigval v = {.sival_int = 4711};

    MUST(sigaction(SIGUSR1, &act, NULL));
    MUST(sigaction(SIGUSR1, NULL, &old));
    printf("%d ", old.sa_handler == writes && !(old.sa_flags & SA_SIGINFO));
    printf("%d ", signal(SIGUSR1, SIG_IGN) == writes);
    act.sa_sigaction = told;
    act.sa_flags = SA_SIGINFO;
    MUST(sigaction(SIGUSR1, &act, &old));
    printf("%d ", old.sa_handler == SIG_IGN);
    MUST(sigqueue(getpid(), SIGUSR1, v));
    printf("%d %d ", (int)runs, (int)value);
    act.sa_flags |= SA_RESETHAND;
    MUST(sigaction(SIGUSR1, &act, NULL));
    raise(SIGUSR1);
    MUST(sigaction(SIGUSR1, NULL, &old));
    printf("%d\n", old.sa_handler == SIG_DFL);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {{"unsafe", unsafe},
                                        {"by-signal", by_signal},
                                        {"safe", safe},
                                        {"jump-out", jump_out},
                                        {"same-old", same_old}};

    return RUN_MODE(modes);
}
