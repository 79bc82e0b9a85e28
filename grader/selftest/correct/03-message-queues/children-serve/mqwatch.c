/* SPDX-License-Identifier: MIT */
/* mqwatch /QUEUE1 /QUEUE2: a child for each queue; a pipe that the parent closes is their end. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn static void die(const char *call)
{
    fprintf(stderr, "mqwatch: %s: %s\n", call, strerror(errno));
    exit(1);
}

static void print_line(int number, const char *text, int len)
{
    char line[8300];
    int n = snprintf(line, sizeof line, "%d %.*s\n", number, len, text);

    if (write(STDOUT_FILENO, line, (size_t)n) != n)
        die("write");
}

static void print_all(mqd_t queue, int number, char *buf, size_t size)
{
    ssize_t n;

    while ((n = mq_receive(queue, buf, size, NULL)) != -1)
        print_line(number, buf, (int)n);
    if (errno != EAGAIN)
        die("mq_receive");
}

_Noreturn static void be_child(mqd_t queue, int number, int end)
{
    struct pollfd p[2] = {{.fd = queue, .events = POLLIN}, {.fd = end, .events = POLLIN}};
    struct mq_attr attr;
    char *buf;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (mq_getattr(queue, &attr) == -1)
        die("mq_getattr");
    buf = malloc((size_t)attr.mq_msgsize);
    if (buf == NULL)
        die("malloc");
    while (p[1].revents == 0) {
        if (poll(p, 2, -1) == -1 && errno != EINTR)
            die("poll");
        print_all(queue, number, buf, (size_t)attr.mq_msgsize);
    }
    free(buf);
    exit(0);
}

int main(int argc, char *argv[])
{
    int end[2], sig, status, failed = 0;
    sigset_t term;
    mqd_t queue[2];

    if (argc != 3 || *argv[1] != '/' || *argv[2] != '/') {
        fputs("usage: mqwatch /QUEUE1 /QUEUE2\n", stderr);
        return 2;
    }
    for (int i = 0; i < 2; i++)
        if ((queue[i] = mq_open(argv[i + 1], O_RDONLY | O_NONBLOCK)) == (mqd_t)-1)
            die("mq_open");
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    if (puts("READY") == EOF || fflush(stdout) == EOF)
        die("write");
    if (pipe(end) == -1)
        die("pipe");
    for (int i = 0; i < 2; i++) {
        pid_t pid = fork();

        if (pid == -1)
            die("fork");
        if (pid == 0) {
            close(end[1]);
            be_child(queue[i], i + 1, end[0]);
        }
    }
    sigwait(&term, &sig);
    close(end[1]);
    while (wait(&status) != -1)
        failed |= status != 0;
    return failed;
}
