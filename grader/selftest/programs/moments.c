/* SPDX-License-Identifier: MIT */
/* moments MODE: servers that sleep rightly or wrongly, and programs that tell rightly or wrongly
 * why they give up; for gr_moment.h and gr_timed.h. */
#include "modes.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static int ends[2], queue;

static void set_flag(int sig)
{
    (void)sig;
    stop = 1;
}

static void ready(void)
{
    dprintf(1, "READY\n");
}

static void at_term(void (*handler)(int))
{
    const struct sigaction sa = {.sa_handler = handler};

    MUST(sigaction(SIGTERM, &sa, NULL));
}

/* The classic: looked at the flag, then sleeps. */
static void flag_then_read(void)
{
    char c;

    at_term(set_flag);
    ready();
    while (!stop)
        read(0, &c, 1);
}

static void ppoll_after(void (*first)(void))
{
    struct pollfd in = {.fd = 0, .events = POLLIN};
    sigset_t term, before;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    MUST(sigprocmask(SIG_BLOCK, &term, &before));
    at_term(set_flag);
    ready();
    if (first)
        first();
    while (!stop)
        ppoll(&in, 1, NULL, &before);
}

static void atomic_ppoll(void)
{
    ppoll_after(NULL);
}

/* A call more than the next start makes before it sleeps: the file says that there was one. */
static void polls_once_more(void)
{
    struct pollfd in = {.fd = 0, .events = POLLIN};
    int fd = open("been-here", O_WRONLY | O_CREAT | O_EXCL, 0600);

    if (fd == -1)
        return;
    close(fd);
    poll(&in, 1, 0);
}

static void less_each_time(void)
{
    ppoll_after(polls_once_more);
}

static void flag_less_each_time(void)
{
    struct pollfd in = {.fd = 0, .events = POLLIN};

    at_term(set_flag);
    ready();
    polls_once_more();
    while (!stop)
        poll(&in, 1, -1);
}

static void ring(int sig)
{
    (void)sig;
    stop = 1;
    write(ends[1], "", 1);
}

static void self_pipe(void)
{
    struct pollfd in[2] = {{.fd = 0, .events = POLLIN}, {.events = POLLIN}};

    MUST(pipe(ends));
    in[1].fd = ends[0];
    at_term(ring);
    ready();
    while (!stop)
        poll(in, 2, -1);
}

/* In no call that can be held. */
static void waits_for_signal(void)
{
    sigset_t term;
    int sig;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    MUST(sigprocmask(SIG_BLOCK, &term, NULL));
    ready();
    sigwait(&term, &sig);
}

static void fails_at_term(void)
{
    waits_for_signal();
    exit(4);
}

/* A thread waits for the signal and wakes the other by a message; @early: with the flag set before
 * it, as it must be. Who is woken looks a little later, so that the wrong order hardly ever shows
 * by itself. */
static void *waker(void *early)
{
    const struct {
        long type;
    } nudge = {1};
    sigset_t term;
    int sig;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigwait(&term, &sig);
    if (early)
        stop = 1;
    MUST(msgsnd(queue, &nudge, 0, 0));
    stop = 1;
    return NULL;
}

static void woken_by_message(void *early)
{
    struct {
        long type;
        char text[8];
    } got;
    sigset_t term;
    pthread_t t;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    MUST(sigprocmask(SIG_BLOCK, &term, NULL));
    MUST(queue = msgget(IPC_PRIVATE, 0600));
    pthread_create(&t, NULL, waker, early);
    ready();
    while (!stop) {
        msgrcv(queue, &got, sizeof got.text, 0, 0);
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    pthread_join(t, NULL);
    MUST(msgctl(queue, IPC_RMID, NULL));
}

static void flag_before_message(void)
{
    woken_by_message(&stop);
}

static void message_before_flag(void)
{
    woken_by_message(NULL);
}

static void on_term(int sig)
{
    (void)sig;
    _exit(0);
}

/* Takes the bytes that are there at SIGTERM, and tells how many. */
static void count_at_term(void)
{
    char bytes[100];

    waits_for_signal();
    printf("%zd\n", read(0, bytes, sizeof bytes));
}

static void dies_after_ready(void)
{
    ready();
    exit(5);
}

static void waits_for_good(void)
{
    char c;

    at_term(on_term);
    ready();
    read(0, &c, 1);
}

static void asks_without_end(void)
{
    char c;

    at_term(on_term);
    MUST(fcntl(0, F_SETFL, O_NONBLOCK));
    ready();
    for (;; usleep(20000))
        read(0, &c, 1);
}

static void waits_with_a_limit(void)
{
    struct pollfd in = {.fd = 0, .events = POLLIN};

    at_term(on_term);
    ready();
    while (poll(&in, 1, 250) == 0)
        ;
}

static void give_up(const char *line)
{
    open("/nowhere", O_RDONLY);
    fputs(line, stderr);
    exit(1);
}

static void tells_the_truth(void)
{
    give_up("moments: open: No such file or directory\n");
}

static void tells_another_call(void)
{
    give_up("moments: read: No such file or directory\n");
}

static void tells_another_reason(void)
{
    give_up("moments: open: Permission denied\n");
}

static void tells_nothing(void)
{
    give_up("");
}

static void tells_twice(void)
{
    give_up("moments: open: No such file or directory\nmoments: giving up\n");
}

static void tells_another_name(void)
{
    give_up("monuments: open: No such file or directory\n");
}

static void tells_no_reason(void)
{
    give_up("moments: open: \n");
}

/* What did not fail in a call that is traced may be called by any name. */
static void tells_of_its_own(void)
{
    fputs("moments: parse: no number\n", stderr);
    exit(1);
}

static const struct mode modes[] = {
    {"flag-then-read", flag_then_read},
    {"ppoll", atomic_ppoll},
    {"less-each-time", less_each_time},
    {"flag-less-each-time", flag_less_each_time},
    {"self-pipe", self_pipe},
    {"sigwait", waits_for_signal},
    {"fails", fails_at_term},
    {"flag-before-message", flag_before_message},
    {"message-before-flag", message_before_flag},
    {"counts", count_at_term},
    {"dies", dies_after_ready},
    {"patient", waits_for_good},
    {"asks", asks_without_end},
    {"limit", waits_with_a_limit},
    {"truth", tells_the_truth},
    {"other-call", tells_another_call},
    {"other-reason", tells_another_reason},
    {"nothing", tells_nothing},
    {"twice", tells_twice},
    {"other-name", tells_another_name},
    {"no-reason", tells_no_reason},
    {"own", tells_of_its_own},
};

int main(int argc, char **argv)
{
    return RUN_MODE(modes);
}
