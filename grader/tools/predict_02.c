/* SPDX-License-Identifier: MIT */
/* predict_02 P1..P5: the experiments of lab 02, in the current folder: see predict.h. */
#include "predict.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

static const char fifo[] = "predict-fifo";

static void take_away(void)
{
    unlink(fifo);
}

static int must_open(int flags)
{
    int fd = open(fifo, flags);

    if (fd == -1)
        die("open");
    return fd;
}

static void p1(void)
{
    if (open(fifo, O_WRONLY | O_NONBLOCK) != -1)
        die("open did not fail");
    printf("02.P1 = %s %d\n", strerrorname_np(errno), errno);
    printf("because = what is written now could be read by nobody, and waiting for a reader was "
           "not allowed\n");
}

static void p2(void)
{
    char c;
    int fd = must_open(O_RDONLY | O_NONBLOCK);
    ssize_t got = read(fd, &c, 1);

    printf("02.P2 = %zd\n", got);
    printf("because = a FIFO without a writer is at its end, also before the first one has come\n");
}

/* One page, and it is empty. */
static void p3(void)
{
    static char buf[5000];
    int fd = must_open(O_RDWR | O_NONBLOCK);

    if (fcntl(fd, F_SETPIPE_SZ, 4096) == -1)
        die("fcntl");
    printf("02.P3 = %zd\n", write(fd, buf, sizeof buf));
    printf("because = PIPE_BUF bytes or less go in whole or not at all; this is more, so as much "
           "goes in as there is room for\n");
}

static void p4(void)
{
    int report[2], rfd = must_open(O_RDWR), wfd = must_open(O_WRONLY);
    pid_t reader;

    make_pipe(report);
    put(wfd, "abc");
    close(wfd);
    reader = split();
    if (reader == 0) {
        char buf[100];

        close(report[0]);
        if (read(rfd, buf, sizeof buf) != 3)
            die("first read");
        put(report[1], "1");
        put(report[1], read(rfd, buf, sizeof buf) == 0 ? "0" : "-");
        _exit(0);
    }
    close(report[1]);
    close(rfd); /* only the reader's copy counts */
    printf("02.P4 = %s\n", second_read_of(reader, report[0]));
    printf("because = the reader opened the FIFO for writing, too: it is its own last writer\n");
    kill(reader, SIGKILL);
    end_of(reader);
}

static void p5(void)
{
    struct stat st;

    take_away();
    umask(027);
    if (mkfifo(fifo, 0666) == -1 || stat(fifo, &st) == -1)
        die("mkfifo");
    printf("02.P5 = %o 0%o\n", (unsigned)st.st_mode & 0777, (unsigned)st.st_mode & 0777);
    printf("because = the umask takes its bits away from the mode that is asked for\n");
}

int main(int argc, char **argv)
{
    static void (*const experiments[])(void) = {p1, p2, p3, p4, p5};
    int status;

    clean_up = take_away;
    take_away();
    if (mkfifo(fifo, 0600) == -1)
        die("mkfifo");
    status = predict_main(argc, argv, experiments);
    take_away();
    return status;
}
