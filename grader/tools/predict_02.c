/* SPDX-License-Identifier: MIT */
/* predict_02 P1..P5: do one of the experiments of lab 02, in the current folder, and print what
 * this kernel did,
 *     02.P1 = ENXIO 6
 *     because = a sentence
 * Several words behind the = are names of the same thing. Exit: 0 done, 1 the experiment could not
 * be made, 2 usage. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 20 };

static const char fifo[] = "predict-fifo";

static void clean_up(void)
{
    unlink(fifo);
}

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "predict_02: %s: %s\n", what, strerror(errno));
    clean_up();
    _exit(1);
}

static int must_open(int flags)
{
    int fd = open(fifo, flags);

    if (fd == -1)
        die("open");
    return fd;
}

static void put(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        die("write");
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

/* Asleep after the first report, with no second one: it waits in the second read. */
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

static void p4(void)
{
    int report[2], rfd = must_open(O_RDWR), wfd = must_open(O_WRONLY), status;
    pid_t reader;

    if (pipe(report) == -1)
        die("pipe");
    put(wfd, "abc");
    close(wfd);
    reader = fork();
    if (reader == -1)
        die("fork");
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
    printf("02.P4 = %s\n", watch_reader(reader, report[0]));
    printf("because = the reader opened the FIFO for writing, too: it is its own last writer\n");
    kill(reader, SIGKILL);
    if (waitpid(reader, &status, 0) == -1)
        die("waitpid");
}

static void p5(void)
{
    struct stat st;

    clean_up();
    umask(027);
    if (mkfifo(fifo, 0666) == -1 || stat(fifo, &st) == -1)
        die("mkfifo");
    printf("02.P5 = %o 0%o\n", (unsigned)st.st_mode & 0777, (unsigned)st.st_mode & 0777);
    printf("because = the umask takes its bits away from the mode that is asked for\n");
}

int main(int argc, char **argv)
{
    static void (*const experiments[])(void) = {p1, p2, p3, p4, p5};

    alarm(PATIENCE_S * 2); /* whatever happens, this ends */
    if (argc != 2 || argv[1][0] != 'P' || argv[1][1] < '1' || argv[1][1] > '5' || argv[1][2]) {
        fprintf(stderr, "usage: predict_02 P1..P5\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    clean_up();
    if (mkfifo(fifo, 0600) == -1)
        die("mkfifo");
    experiments[argv[1][1] - '1']();
    clean_up();
    return 0;
}
