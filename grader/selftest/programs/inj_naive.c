/* SPDX-License-Identifier: MIT */
/**
 * Wrong: each mode trusts a call to do all it was asked to, and prints what came of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char big[1 << 17];
static int fds[2];

/* 1 + 2 + .. + 8 = 36, were every read() whole. */
static void sum(void)
{
    int total = 0, value;

    pipe(fds);
    for (value = 1; value <= 8; value++)
        write(fds[1], &value, sizeof value);
    close(fds[1]);
    while (read(fds[0], &value, sizeof value) > 0)
        total += value;
    printf("%d\n", total);
}

static void socket_write(void)
{
    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    printf("%zd\n", write(fds[0], big, 1000));
}

static void socket_msg(void)
{
    struct iovec iov[2] = {{big, 300}, {big + 300, 700}};
    struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};

    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    printf("%zd\n", sendmsg(fds[0], &m, 0));
}

static void on_signal(int sig)
{
    (void)sig;
}

static void say(long result, int error)
{
    int arrived = errno == error;

    printf("%ld %d\n", result, arrived);
}

static void interruptible(int flags)
{
    struct sigaction sa = {.sa_handler = on_signal, .sa_flags = flags};

    sigaction(SIGUSR1, &sa, NULL);
}

/* More than PIPE_BUF to a blocking pipe, in a program with a handler. */
static void pipe_write(void)
{
    interruptible(SA_RESTART);
    pipe(fds);
    printf("%zd\n", write(fds[1], big, 5000));
}

static void eintr(void)
{
    interruptible(0);
    pipe(fds);
    write(fds[1], big, 1);
    say(read(fds[0], big, 1), EINTR);
}

/* poll() is interrupted whatever the handler's flags. */
static void poll_restart(void)
{
    struct pollfd p;

    interruptible(SA_RESTART);
    pipe(fds);
    write(fds[1], big, 1);
    p = (struct pollfd){fds[0], POLLIN, 0};
    say(poll(&p, 1, -1), EINTR);
}

static void open_fifo(void)
{
    char name[64];
    pid_t pid;

    interruptible(0);
    snprintf(name, sizeof name, "/tmp/inj_fifo.%d", (int)getpid());
    mkfifo(name, 0600);
    pid = fork();
    if (pid == 0) {
        open(name, O_RDWR);
        pause();
    }
    say(open(name, O_RDONLY), EINTR);
    kill(pid, SIGKILL);
    unlink(name);
}

static void eagain(void)
{
    pipe2(fds, O_NONBLOCK);
    while (write(fds[1], big, 1) == -1 && errno == EAGAIN)
        ;
    say(read(fds[0], big, 1), EAGAIN);
}

static void map(void)
{
    void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    say(p == MAP_FAILED ? -1 : 0, ENOMEM);
}

static void accept_aborted(void)
{
    int s = socket(AF_UNIX, SOCK_STREAM, 0);

    listen(s, 1);
    say(accept(s, NULL, NULL), ECONNABORTED);
}

static void peer(void)
{
    struct ucred who;
    socklen_t len = sizeof who;

    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    getsockopt(fds[0], SOL_SOCKET, SO_PEERCRED, &who, &len);
    printf("%u\n", (unsigned)who.uid);
}

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;

/* `if` where `while` belongs; without a spurious wake-up this waits for ever. */
static void wakes(void)
{
    pthread_mutex_lock(&m);
    printf("%d\n", pthread_cond_wait(&c, &m));
    pthread_mutex_unlock(&m);
}

static const struct {
    const char *name;
    void (*run)(void);
} modes[] = {{"sum", sum},
             {"socket_write", socket_write},
             {"socket_msg", socket_msg},
             {"pipe_write", pipe_write},
             {"eintr", eintr},
             {"poll_restart", poll_restart},
             {"open_fifo", open_fifo},
             {"eagain", eagain},
             {"map", map},
             {"accept_aborted", accept_aborted},
             {"peer", peer},
             {"wakes", wakes}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run();
            return 0;
        }
    return 2;
}
