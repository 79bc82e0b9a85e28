/* SPDX-License-Identifier: MIT */
/* Busy waiting, and programs that look a little like it but are not. Each says "ready" first. */
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "modes.h"

static char buf[64];

static void ready(void)
{
    puts("ready");
    fflush(stdout);
}

/* The last writer has closed: read() returns 0 at once, again and again. */
static void fifo_eof(void)
{
    int fd, w;

    MUST(mkfifo("f", 0600));
    MUST(fd = open("f", O_RDONLY | O_NONBLOCK));
    MUST(w = open("f", O_WRONLY));
    close(w);
    ready();
    while (read(fd, buf, sizeof buf) >= 0)
        ;
}

static void poll_hup(void)
{
    struct pollfd v = {.events = POLLIN};
    int p[2];

    MUST(pipe(p));
    close(p[1]);
    v.fd = p[0];
    ready();
    for (;;)
        if (poll(&v, 1, -1) > 0 && v.revents & POLLIN)
            (void)!read(p[0], buf, sizeof buf);
}

static void trywait(void)
{
    static sem_t s;

    MUST(sem_init(&s, 0, 0));
    ready();
    while (sem_trywait(&s) == -1)
        ;
}

static void flag(void)
{
    volatile int *f = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (fork() == 0) {
        ready();
        while (!*f)
            ;
    }
    wait(NULL);
}

static void recv_zero(void)
{
    int s[2];

    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    close(s[1]);
    ready();
    while (recv(s[0], buf, sizeof buf, 0) >= 0)
        ;
}

static void mq_nonblock(void)
{
    struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 16};
    mqd_t q = mq_open("/q", O_CREAT | O_RDWR | O_NONBLOCK, 0600, &attr);

    MUST(q);
    ready();
    while (mq_receive(q, buf, sizeof buf, NULL) == -1)
        ;
}

static void yield(void)
{
    ready();
    for (;;)
        sched_yield();
}

static void wnohang(void)
{
    if (fork() == 0) {
        ready();
        pause();
        _exit(0);
    }
    while (waitpid(-1, NULL, WNOHANG) == 0)
        ;
}

/* From here on: no busy waiting. */
static void waits(void)
{
    ready();
    (void)!read(0, buf, 1);
}

/* Looks every millisecond: allowed where nothing better exists. */
static void paused_poll(void)
{
    struct timespec ms = {.tv_nsec = 1000000};

    ready();
    for (int i = 0; i < 5000; i++)
        nanosleep(&ms, NULL);
}

/* Looks now and then, for ever. */
static void naps(void)
{
    struct timespec ms = {.tv_nsec = 20000000};

    ready();
    for (;;)
        nanosleep(&ms, NULL);
}

static void timed_poll(void)
{
    struct pollfd v = {.events = POLLIN};
    int p[2];

    MUST(pipe(p));
    v.fd = p[0];
    ready();
    for (;;)
        poll(&v, 1, 1000);
}

/* Waits for good, for a child that looks now and then. */
static void parent_of_naps(void)
{
    if (fork() == 0)
        naps();
    wait(NULL);
}

/* Works for a moment on what it got, then waits. */
static void works(void)
{
    struct timespec end, now;

    ready();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    end.tv_nsec += 400000000;
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    while (now.tv_sec * 1000000000 + now.tv_nsec < end.tv_sec * 1000000000 + end.tv_nsec);
    (void)!read(0, buf, 1);
}

/* Busy, but bytes move. */
static void moves(void)
{
    int p[2];

    MUST(pipe(p));
    ready();
    if (fork() == 0) {
        close(p[0]);
        while (write(p[1], buf, sizeof buf) > 0)
            ;
        _exit(0);
    }
    close(p[1]);
    while (read(p[0], buf, sizeof buf) > 0)
        ;
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"fifo-eof", fifo_eof},
        {"poll-hup", poll_hup},
        {"trywait", trywait},
        {"flag", flag},
        {"recv-zero", recv_zero},
        {"mq-nonblock", mq_nonblock},
        {"yield", yield},
        {"wnohang", wnohang},
        {"waits", waits},
        {"paused-poll", paused_poll},
        {"naps", naps},
        {"timed-poll", timed_poll},
        {"parent-of-naps", parent_of_naps},
        {"works", works},
        {"moves", moves},
    };

    return RUN_MODE(modes);
}
