/* SPDX-License-Identifier: MIT */
/* Slow, but alive: each runs for longer than the warden needs to be sure of a deadlock, and ends
 * by itself. None of them may be called dead. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "modes.h"

enum { LONG_S = 3 };

static struct timespec in_a_while(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    ts.tv_sec += LONG_S;
    return ts;
}

static void sleeps(void)
{
    for (int i = 0; i < 2; i++)
        sleep(2);
}

/* One line a second through a pipe. */
static void producer(void)
{
    int p[2];
    char c = 0;

    MUST(pipe(p));
    if (fork() == 0) {
        for (int i = 0; i < LONG_S; i++) {
            sleep(1);
            (void)!write(p[1], &c, 1);
        }
        _exit(0);
    }
    close(p[1]);
    while (read(p[0], &c, 1) > 0)
        ;
    wait(NULL);
}

static void sem_timed(void)
{
    static sem_t s;
    struct timespec ts = in_a_while();

    MUST(sem_init(&s, 0, 0));
    sem_timedwait(&s, &ts);
}

static void semtimedop_(void)
{
    struct sembuf b = {0, -1, 0};
    struct timespec ts = {LONG_S, 0};
    int set;

    MUST(set = semget(IPC_PRIVATE, 1, 0600));
    semtimedop(set, &b, 1, &ts);
    semctl(set, 0, IPC_RMID);
}

static void cond_timed(void)
{
    static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
    struct timespec ts = in_a_while();

    pthread_mutex_lock(&m);
    while (pthread_cond_timedwait(&c, &m, &ts) != ETIMEDOUT)
        ;
}

static void mq_timed(void)
{
    struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 16};
    struct timespec ts = in_a_while();
    mqd_t q = mq_open("/slow", O_CREAT | O_RDWR, 0600, &attr);
    char buf[16];

    MUST(q);
    mq_timedreceive(q, buf, sizeof buf, NULL, &ts);
    mq_unlink("/slow");
}

static void timer(void)
{
    struct itimerspec it = {.it_value.tv_sec = LONG_S};
    struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    sigset_t set;
    timer_t t;
    int sig;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    MUST(timer_create(CLOCK_MONOTONIC, &ev, &t));
    MUST(timer_settime(t, 0, &it, NULL));
    sigwait(&set, &sig);
}

static int timer_fd(void)
{
    struct itimerspec it = {.it_value.tv_sec = LONG_S};
    int fd;

    MUST(fd = timerfd_create(CLOCK_MONOTONIC, 0));
    MUST(timerfd_settime(fd, 0, &it, NULL));
    return fd;
}

static void timerfd(void)
{
    long n;

    (void)!read(timer_fd(), &n, 8);
}

static void epoll_timerfd(void)
{
    struct epoll_event e = {.events = EPOLLIN};
    int ep;

    MUST(ep = epoll_create1(0));
    MUST(epoll_ctl(ep, EPOLL_CTL_ADD, timer_fd(), &e));
    epoll_wait(ep, &e, 1, -1);
}

/* No time in the arguments of recv(): it is an option of the socket. */
static void rcvtimeo(void)
{
    struct timeval tv = {LONG_S, 0};
    int s[2];
    char c;

    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    MUST(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
    recv(s[0], &c, 1, 0);
}

static void timed_poll(void)
{
    struct timeval tv = {2, 0};
    int p[2];

    MUST(pipe(p));
    poll(&(struct pollfd){.fd = p[0], .events = POLLIN}, 1, 2000);
    select(0, NULL, NULL, NULL, &tv);
}

/* One computes, the other waits for it. */
static void busy_peer(void)
{
    struct timespec end = in_a_while(), now;

    if (fork() == 0) {
        do
            clock_gettime(CLOCK_REALTIME, &now);
        while (now.tv_sec < end.tv_sec);
        _exit(0);
    }
    wait(NULL);
}

/* A signal that a sleeping child will send. */
static void signal_later(void)
{
    sigset_t set;
    int sig;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (fork() == 0) {
        sleep(LONG_S);
        kill(getppid(), SIGUSR1);
        _exit(0);
    }
    sigwait(&set, &sig);
    wait(NULL);
}

static void *sleeper(void *arg)
{
    sleep(LONG_S);
    exit(0);
    return arg;
}

/* The first thread is a zombie; another one sleeps and will end the process. */
static void first_ends(void)
{
    pthread_t t;

    pthread_create(&t, NULL, sleeper, NULL);
    pthread_exit(NULL);
}

/* One thread waits for another that sleeps. */
static void join(void)
{
    pthread_t t;

    pthread_create(&t, NULL, sleeper, NULL);
    pthread_join(t, NULL);
}

/* vfork() holds the parent in an uninterruptible sleep. */
static void vforked(void)
{
    if (vfork() == 0) {
        execlp("sleep", "sleep", "3", (char *)NULL);
        _exit(127);
    }
    wait(NULL);
}

/* Ping-pong with pauses. */
static void rally(void)
{
    int a[2], b[2];
    char c = 0;

    MUST(pipe(a));
    MUST(pipe(b));
    if (fork() == 0) {
        close(a[1]);
        close(b[0]);
        while (read(a[0], &c, 1) == 1) {
            poll(NULL, 0, 700);
            (void)!write(b[1], &c, 1);
        }
        _exit(0);
    }
    close(a[0]);
    close(b[1]);
    for (int i = 0; i < 4; i++) {
        (void)!write(a[1], &c, 1);
        (void)!read(b[0], &c, 1);
    }
    close(a[1]);
    wait(NULL);
}

/* Copies its input, which comes late. */
static void copy(void)
{
    char buf[512];
    ssize_t n;

    while ((n = read(0, buf, sizeof buf)) > 0)
        if (write(1, buf, (size_t)n) != n)
            exit(1);
}

/* More than a pipe holds, to a reader that is held up. */
static void flood(void)
{
    static char block[1 << 16];

    sleep(1);
    for (int i = 0; i < 16; i++)
        for (size_t done = 0; done < sizeof block;) {
            ssize_t n = write(1, block + done, sizeof block - done);

            if (n == -1)
                exit(1);
            done += (size_t)n;
        }
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"sleep", sleeps},
        {"producer", producer},
        {"sem-timed", sem_timed},
        {"semtimedop", semtimedop_},
        {"cond-timed", cond_timed},
        {"mq-timed", mq_timed},
        {"timer", timer},
        {"timerfd", timerfd},
        {"epoll-timerfd", epoll_timerfd},
        {"rcvtimeo", rcvtimeo},
        {"poll", timed_poll},
        {"busy-peer", busy_peer},
        {"signal", signal_later},
        {"first-ends", first_ends},
        {"join", join},
        {"vfork", vforked},
        {"rally", rally},
        {"copy", copy},
        {"flood", flood},
    };

    return RUN_MODE(modes);
}
