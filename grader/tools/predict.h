/* SPDX-License-Identifier: MIT */
/**
 * What the programs predict_01 .. predict_06 have in common. Each makes one experiment of its lab,
 * P1..P5, and prints what this kernel did,
 *     01.P3 = SIGPIPE 13 PIPE
 *     because = a sentence
 * Several words behind the = are names of the same thing. Exit: 0 done, 1 the experiment could not
 * be made, 2 usage.
 */
#ifndef PREDICT_H
#define PREDICT_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 20, EXPERIMENTS = 5 };

/** Takes away what the experiment has made; set it before anything is made. */
static void (*clean_up)(void);

/** The experiment could not be made: say which call failed, with errno. */
__attribute__((noreturn)) static inline void die(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    if (clean_up)
        clean_up();
    _exit(1);
}

static inline void make_pipe(int ends[2])
{
    if (pipe(ends) == -1)
        die("pipe");
}

/** All of @text, to a descriptor with room for it. */
static inline void put(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        die("write");
}

/** fork(), which works. */
static inline pid_t split(void)
{
    pid_t pid = fork();

    if (pid == -1)
        die("fork");
    return pid;
}

/** Wait for the end of a child. Return: its status. */
static inline int end_of(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) == -1)
        die("waitpid");
    return status;
}

/** Does the child @pid wait in system call @nr (SYS_read, ..)? See /proc/PID/syscall in proc(5);
 * that of a child which has ended may not be opened any more. */
static inline bool waits_in(pid_t pid, long nr)
{
    char path[64], line[256] = "";
    bool there;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
    f = fopen(path, "re");
    if (!f)
        return false;
    there = fgets(line, sizeof line, f) && line[0] >= '0' && line[0] <= '9';
    fclose(f);
    return there && strtol(line, NULL, 10) == nr;
}

static inline void breathe(void)
{
    const struct timespec moment = {0, 1000000};

    nanosleep(&moment, NULL);
}

/** Wait until @pid waits in system call @nr, for PATIENCE_S. */
static inline void until_in(pid_t pid, long nr)
{
    time_t end = time(NULL) + PATIENCE_S;

    while (!waits_in(pid, nr)) {
        if (time(NULL) >= end) {
            errno = ETIMEDOUT;
            die("waiting for a child");
        }
        breathe();
    }
}

/** A child that reads twice: what became of the second read? The child puts '1' into @report
 * after the first one, and '0' or '-' when the second returns 0 or fails.
 * Return: "blocks", "0" or "-1". */
static inline const char *second_read_of(pid_t reader, int report)
{
    struct pollfd p = {.fd = report, .events = POLLIN};
    time_t end = time(NULL) + PATIENCE_S;
    char word = 0;

    if (read(report, &word, 1) != 1 || word != '1')
        die("the reader's report");
    while (time(NULL) < end) {
        bool waits = waits_in(reader, SYS_read);
        int said = poll(&p, 1, 0);

        if (said == -1)
            die("poll");
        if (said == 1 && read(report, &word, 1) == 1)
            return word == '0' ? "0" : "-1";
        if (waits)
            return "blocks";
        breathe();
    }
    errno = ETIMEDOUT;
    die("watching the reader");
}

/** The program's main(): run the experiment that is asked for. */
static inline int predict_main(int argc, char **argv, void (*const experiments[])(void))
{
    alarm(PATIENCE_S * 3); /* whatever happens, this ends */
    if (argc != 2 || argv[1][0] != 'P' || argv[1][1] < '1' || argv[1][1] >= '1' + EXPERIMENTS ||
        argv[1][2]) {
        fprintf(stderr, "usage: %s P1..P%d\n", program_invocation_short_name, EXPERIMENTS);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    experiments[argv[1][1] - '1']();
    return 0;
}

#endif
