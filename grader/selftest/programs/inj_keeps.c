/* SPDX-License-Identifier: MIT */
/**
 * Correct: each mode relies on something the kernel guarantees, many times over. Prints "ok", or
 * which guarantee was broken.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMES = 60 };

static char big[1 << 17], back[1 << 17];
static int fds[2];

static void need(int ok, const char *what)
{
    if (ok)
        return;
    printf("broken: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void on_signal(int sig)
{
    (void)sig;
}

static void handle(int flags)
{
    struct sigaction sa = {.sa_handler = on_signal, .sa_flags = flags};

    need(sigaction(SIGUSR1, &sa, NULL) == 0, "sigaction");
}

static void regular_file(void)
{
    char name[] = "/tmp/inj_XXXXXX";
    int fd = mkstemp(name);

    need(fd != -1 && unlink(name) == 0, "mkstemp");
    handle(0);
    for (int i = 0; i < TIMES; i++) {
        need(pwrite(fd, big, 5000, 0) == 5000 && lseek(fd, 0, SEEK_SET) == 0, "pwrite");
        need(read(fd, back, 5000) == 5000, "a read of a file is whole");
        need(write(fd, big, 3000) == 3000, "a write to a file is whole");
    }
}

static void atomic_write(void)
{
    handle(0);
    need(pipe(fds) == 0, "pipe");
    for (int i = 0; i < TIMES; i++) {
        ssize_t n;

        do
            n = write(fds[1], big, PIPE_BUF);
        while (n == -1 && errno == EINTR);
        need(n == PIPE_BUF, "PIPE_BUF bytes to a pipe are one piece");
        for (ssize_t left = n; left > 0;)
            left -= (n = read(fds[0], back, (size_t)left)) > 0 ? n : 0;
    }
}

static void atomic_write_nonblock(void)
{
    need(pipe2(fds, O_NONBLOCK) == 0, "pipe2");
    for (int i = 0; i < TIMES; i++) {
        ssize_t n = write(fds[1], big, 2000);

        need(n == 2000 || (n == -1 && errno == EAGAIN), "all or EAGAIN");
        while (read(fds[0], back, sizeof back) > 0)
            ;
    }
}

/* No handler: nothing can interrupt this write, so it is whole. */
static void big_write_no_handler(void)
{
    pid_t pid;

    need(pipe(fds) == 0, "pipe");
    pid = fork();
    if (pid == 0) {
        close(fds[1]);
        while (read(fds[0], back, sizeof back) > 0)
            ;
        _exit(0);
    }
    close(fds[0]);
    for (int i = 0; i < 10; i++)
        need(write(fds[1], big, sizeof big) == sizeof big, "a blocking write is whole");
    close(fds[1]);
    need(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static void packets(int type)
{
    handle(SA_RESTART);
    need(socketpair(AF_UNIX, type, 0, fds) == 0, "socketpair");
    for (int i = 0; i < TIMES; i++) {
        need(send(fds[0], big, 500, 0) == 500, "a datagram is sent whole");
        need(recv(fds[1], back, sizeof back, 0) == 500, "a datagram comes whole");
        need(write(fds[0], big, 700) == 700, "a datagram is written whole");
        need(read(fds[1], back, sizeof back) == 700, "a datagram is read whole");
    }
}

static void datagram(void)
{
    packets(SOCK_DGRAM);
}

static void seqpacket(void)
{
    packets(SOCK_SEQPACKET);
}

static void wait_all(void)
{
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "socketpair");
    for (int i = 0; i < TIMES; i++) {
        for (ssize_t left = 300, n; left > 0; left -= n)
            need((n = write(fds[0], big, (size_t)left)) > 0, "write");
        need(recv(fds[1], back, 300, MSG_WAITALL) == 300, "MSG_WAITALL");
    }
}

static void posix_message(void)
{
    struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 400};
    mqd_t q = mq_open("/inj_keeps", O_RDWR | O_CREAT | O_EXCL, 0600, &attr);

    need(q != -1 && mq_unlink("/inj_keeps") == 0, "mq_open");
    handle(SA_RESTART);
    for (int i = 0; i < TIMES; i++) {
        need(mq_send(q, big, 400, 1) == 0, "mq_send");
        need(mq_receive(q, back, 400, NULL) == 400, "a message comes whole");
    }
    attr.mq_flags = O_NONBLOCK;
    need(mq_setattr(q, &attr, NULL) == 0, "mq_setattr");
    handle(0);
    for (int i = 0; i < TIMES; i++) {
        need(mq_send(q, big, 400, 1) == 0, "there is room");
        need(mq_receive(q, back, 400, NULL) == 400, "there is a message");
    }
}

static void sysv_message(void)
{
    struct {
        long type;
        char text[300];
    } m = {1, ""};
    int q = msgget(IPC_PRIVATE, 0600);

    need(q != -1, "msgget");
    handle(0);
    for (int i = 0; i < TIMES; i++) {
        while (msgsnd(q, &m, sizeof m.text, 0) == -1)
            need(errno == EINTR, "msgsnd");
        need(msgrcv(q, &m, sizeof m.text, 0, IPC_NOWAIT) == sizeof m.text, "a message is whole");
    }
    need(msgctl(q, IPC_RMID, NULL) == 0, "msgctl");
}

/* SA_RESTART: these go on by themselves after the handler. */
static void restarts(void)
{
    sem_t s;

    handle(SA_RESTART);
    need(pipe(fds) == 0 && sem_init(&s, 0, TIMES) == 0, "pipe, sem_init");
    for (int i = 0; i < TIMES; i++) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(0);
        need(write(fds[1], big, 1) == 1 && read(fds[0], back, 1) == 1, "read and write restart");
        need(sem_wait(&s) == 0, "sem_wait restarts");
        need(waitpid(pid, NULL, 0) == pid, "waitpid restarts");
    }
}

static void no_handler(void)
{
    struct sembuf up = {0, 1, 0}, down = {0, -1, 0};
    int set = semget(IPC_PRIVATE, 1, 0600);

    signal(SIGPIPE, SIG_IGN);
    need(pipe(fds) == 0 && set != -1, "pipe, semget");
    for (int i = 0; i < TIMES; i++) {
        struct pollfd p = {fds[0], POLLIN, 0};

        need(write(fds[1], big, 1) == 1, "write");
        need(poll(&p, 1, -1) == 1, "poll is not interrupted");
        need(read(fds[0], back, 1) == 1, "read is not interrupted");
        need(semop(set, &up, 1) == 0 && semop(set, &down, 1) == 0, "semop is not interrupted");
    }
    need(semctl(set, 0, IPC_RMID) == 0, "semctl");
}

static void blocked_signal(void)
{
    sigset_t usr1;

    handle(0);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    need(sigprocmask(SIG_BLOCK, &usr1, NULL) == 0 && pipe(fds) == 0, "sigprocmask");
    for (int i = 0; i < TIMES; i++) {
        struct pollfd p = {fds[0], POLLIN, 0};

        need(write(fds[1], big, 1) == 1 && poll(&p, 1, -1) == 1 && read(fds[0], back, 1) == 1,
             "a blocked signal interrupts nothing");
    }
}

static void close_is_final(void)
{
    handle(0);
    for (int i = 0; i < TIMES; i++) {
        need(pipe(fds) == 0, "pipe");
        need(close(fds[0]) == 0 && close(fds[1]) == 0, "close does not fail");
    }
}

static void blocking_no_eagain(void)
{
    handle(0);
    need(pipe(fds) == 0, "pipe");
    for (int i = 0; i < TIMES; i++) {
        while (write(fds[1], big, 1) == -1)
            need(errno == EINTR, "write on a blocking pipe: only EINTR");
        while (read(fds[0], back, 1) == -1)
            need(errno == EINTR, "read on a blocking pipe: only EINTR");
    }
}

static void nonblocking_no_eintr(void)
{
    handle(0);
    need(pipe2(fds, O_NONBLOCK) == 0, "pipe2");
    for (int i = 0; i < TIMES; i++) {
        struct pollfd p = {fds[0], POLLIN, 0};

        while (write(fds[1], big, 1) == -1)
            need(errno == EAGAIN, "what does not wait is not interrupted");
        while (read(fds[0], back, 1) == -1)
            need(errno == EAGAIN, "what does not wait is not interrupted");
        need(poll(&p, 1, 0) == 0, "poll with timeout 0 is not interrupted");
    }
}

/* Drained until EAGAIN, then waiting for the next edge: a false EAGAIN would be the end. */
static void edge_triggered(void)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLET};
    int ep = epoll_create1(0);

    need(ep != -1 && pipe2(fds, O_NONBLOCK) == 0, "epoll_create1");
    need(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev) == 0, "epoll_ctl");
    for (int i = 0; i < TIMES; i++) {
        ssize_t n, sum = 0;

        need(write(fds[1], big, 100) == 100, "write");
        need(epoll_wait(ep, &ev, 1, 5000) == 1, "an edge comes");
        while ((n = read(fds[0], back, 64)) > 0)
            sum += n;
        need(sum == 100, "all was there before EAGAIN");
    }
}

static void trywait(void)
{
    sem_t s;

    handle(0);
    need(sem_init(&s, 0, TIMES) == 0, "sem_init");
    for (int i = 0; i < TIMES; i++)
        need(sem_trywait(&s) == 0, "a semaphore above 0 is taken at once");
}

static const struct {
    const char *name;
    void (*run)(void);
} modes[] = {{"regular_file", regular_file},
             {"atomic_write", atomic_write},
             {"atomic_write_nonblock", atomic_write_nonblock},
             {"big_write_no_handler", big_write_no_handler},
             {"datagram", datagram},
             {"seqpacket", seqpacket},
             {"wait_all", wait_all},
             {"posix_message", posix_message},
             {"sysv_message", sysv_message},
             {"restarts", restarts},
             {"no_handler", no_handler},
             {"blocked_signal", blocked_signal},
             {"close_is_final", close_is_final},
             {"blocking_no_eagain", blocking_no_eagain},
             {"nonblocking_no_eintr", nonblocking_no_eintr},
             {"edge_triggered", edge_triggered},
             {"trywait", trywait}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run();
            puts("ok");
            return 0;
        }
    return 2;
}
