/* SPDX-License-Identifier: MIT */
/* predict_01 P1..P5: the experiments of lab 01: see predict.h. */
#include "predict.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>

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
    printf("01.P2 = %s\n", second_read_of(reader, report[0]));
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

    return predict_main(argc, argv, experiments);
}
