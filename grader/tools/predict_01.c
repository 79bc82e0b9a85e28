/* SPDX-License-Identifier: MIT */
/* predict_01 P1..P5: do one of the experiments of lab 01 and print what this kernel did,
 *     01.P1 = 5
 *     because = a sentence
 * Several words behind the = are names of the same thing: `SIGPIPE 13`. Exit: 0 done, 1 the
 * experiment could not be made, 2 usage. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 20 };

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "predict_01: %s: %s\n", what, strerror(errno));
    _exit(1);
}

static void make_pipe(int ends[2])
{
    if (pipe(ends) == -1)
        die("pipe");
}

static void put(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        die("write");
}

static pid_t split(void)
{
    pid_t pid = fork();

    if (pid == -1)
        die("fork");
    return pid;
}

static int end_of(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) == -1)
        die("waitpid");
    return status;
}

/* Return: 'S' asleep, 'R' running, .. as /proc/PID/stat says; 0 if it is gone. */
static char state_of(pid_t pid)
{
    char path[64], line[512], *at;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    f = fopen(path, "re");
    if (!f)
        return 0;
    at = fgets(line, sizeof line, f);
    fclose(f);
    at = at ? strrchr(line, ')') : NULL;
    return at && at[1] == ' ' ? at[2] : '\0';
}

static void p1(void)
{
    int ends[2];
    char buf[100];

    make_pipe(ends);
    put(ends[1], "abc");
    put(ends[1], "de");
    printf("01.P1 = %zd\n", read(ends[0], buf, sizeof buf));
    printf("because = a pipe keeps bytes, not messages: one read takes all that is there\n");
}

/* The reader tells after its first read, and again if the second one returns. */
static void second_read(int rfd, int report)
{
    char buf[100];
    ssize_t got = read(rfd, buf, sizeof buf);

    if (got != 3)
        die("first read");
    put(report, "1");
    got = read(rfd, buf, sizeof buf);
    put(report, got == 0 ? "0" : "-");
    _exit(0);
}

/* Asleep after the first word, with no second one: it waits in the second read. */
static const char *watch_reader(pid_t reader, int report)
{
    struct pollfd p = {.fd = report, .events = POLLIN};
    time_t end = time(NULL) + PATIENCE_S;
    char word = 0;

    if (read(report, &word, 1) != 1 || word != '1')
        die("the reader's report");
    while (time(NULL) < end) {
        char state = state_of(reader);
        int said = poll(&p, 1, 0);

        if (said == -1)
            die("poll");
        if (said == 1 && read(report, &word, 1) == 1)
            return word == '0' ? "0" : "-1";
        if (state == 'S' && poll(&p, 1, 20) == 0 && state_of(reader) == 'S')
            return "blocks";
    }
    errno = ETIMEDOUT;
    die("watching the reader");
}

static void p2(void)
{
    int ends[2], report[2];
    pid_t holder, reader;

    make_pipe(ends);
    make_pipe(report);
    holder = split();
    if (holder == 0) { /* has both ends, and only sleeps */
        pause();
        _exit(0);
    }
    reader = split();
    if (reader == 0) {
        put(ends[1], "abc");
        close(ends[1]);
        close(report[0]);
        second_read(ends[0], report[1]);
    }
    close(ends[1]);
    close(report[1]);
    printf("01.P2 = %s\n", watch_reader(reader, report[0]));
    printf("because = the child has a copy of the write end, so the pipe is not at its end\n");
    kill(holder, SIGKILL);
    kill(reader, SIGKILL);
    end_of(holder);
    end_of(reader);
}

static void p3(void)
{
    int ends[2], status;
    pid_t pid;

    make_pipe(ends);
    close(ends[0]); /* before the fork: no process may have it when the child writes */
    pid = split();
    if (pid == 0) {
        signal(SIGPIPE, SIG_DFL);
        put(ends[1], "nobody reads this");
        _exit(0);
    }
    status = end_of(pid);
    if (!WIFSIGNALED(status))
        die("no signal came");
    printf("01.P3 = SIG%s %d %s\n", sigabbrev_np(WTERMSIG(status)), WTERMSIG(status),
           sigabbrev_np(WTERMSIG(status)));
    printf("because = a write that nobody can ever read ends the writer, unless it asks for the "
           "error\n");
}

static void p4(void)
{
    int ends[2];
    char c;

    make_pipe(ends);
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == -1)
        die("fcntl");
    if (read(ends[0], &c, 1) != -1)
        die("read did not fail");
    printf("01.P4 = %s %d%s\n", strerrorname_np(errno), errno,
           errno == EWOULDBLOCK ? " EWOULDBLOCK" : "");
    printf("because = nothing is there now, but a writer is: 0 would mean the end\n");
}

static void p5(void)
{
    int ends[2];
    char buf[PIPE_BUF] = {0};
    ssize_t put_bytes;

    make_pipe(ends);
    if (fcntl(ends[1], F_SETPIPE_SZ, PIPE_BUF) == -1 || fcntl(ends[1], F_SETFL, O_NONBLOCK) == -1)
        die("fcntl");
    put(ends[1], "1");
    put_bytes = write(ends[1], buf, sizeof buf);
    printf("01.P5 = %zd\n", put_bytes);
    printf("because = a write of at most PIPE_BUF bytes goes in as a whole or not at all\n");
}

int main(int argc, char **argv)
{
    static void (*const experiments[])(void) = {p1, p2, p3, p4, p5};

    alarm(PATIENCE_S * 2); /* whatever happens, this ends */
    if (argc != 2 || argv[1][0] != 'P' || argv[1][1] < '1' || argv[1][1] > '5' || argv[1][2]) {
        fprintf(stderr, "usage: predict_01 P1..P5\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    experiments[argv[1][1] - '1']();
    return 0;
}
