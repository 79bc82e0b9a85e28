/* SPDX-License-Identifier: MIT */
/*
 * modularity: a module in a process of its own. It may crash;
 * who asked it does not. What a call costs goes to standard
 * error.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

struct module {
    int fd; /* to ask and to be answered */
    pid_t pid;
};

/* The module itself: squares; and it has a bug. */
static int square(int n)
{
    if (n == 13)
        abort();
    return n * n;
}

static double now_us(void)
{
    struct timespec t;

    check(clock_gettime(CLOCK_MONOTONIC, &t), "clock_gettime");
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void serve(int fd)
{
    int n;

    while (check_n(read(fd, &n, sizeof n), "read") ==
           sizeof n) {
        n = square(n);
        check_n(write(fd, &n, sizeof n), "write");
    }
}

static struct module start(void)
{
    int pair[2];
    struct module m;

    check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair),
          "socketpair");
    m.pid = check(fork(), "fork");
    if (m.pid == 0) {
        check(close(pair[0]), "close");
        serve(pair[1]);
        _exit(0);
    }
    check(close(pair[1]), "close");
    m.fd = pair[0];
    return m;
}

/* slide ask */
/* Return: 1 and the answer, or 0 if the module is no more. */
static int ask(struct module *m, int n, int *answer)
{
    int status;

    check_n(write(m->fd, &n, sizeof n), "write");
    if (read(m->fd, answer, sizeof *answer) == sizeof *answer)
        return 1;
    check(waitpid(m->pid, &status, 0), "waitpid");
    printf("module ended by signal %d; a new one\n",
           WTERMSIG(status));
    check(close(m->fd), "close");
    *m = start();
    return 0;
}
/* end ask */

int main(void)
{
    const int wish[] = {3, 12, 13, 14};
    struct module m = start();
    int answer = 0, rounds = 1000;
    double begin;

    check(setvbuf(stdout, NULL, _IOLBF, 0) == 0 ? 0 : -1,
          "setvbuf");
    for (int i = 0; i < 4; i++)
        if (ask(&m, wish[i], &answer))
            printf("%d squared is %d\n", wish[i], answer);
    begin = now_us();
    for (int i = 0; i < rounds; i++)
        ask(&m, 3, &answer);
    fprintf(stderr, "a call of another process: %.2f us\n",
            (now_us() - begin) / rounds);
    check(close(m.fd), "close");
    check(waitpid(m.pid, NULL, 0), "waitpid");
    return 0;
}
