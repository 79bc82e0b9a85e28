/* SPDX-License-Identifier: MIT */
/* Deadlocks with pipes: ends that stay open, children waited for too early, both sides writing. */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"

static char big[1 << 18];

/* The parent waits for the reader but keeps the write end. */
static void parent_holds(void)
{
    int p[2];

    MUST(pipe(p));
    if (fork() == 0) {
        close(p[1]);
        while (read(p[0], big, sizeof big) > 0)
            ;
        _exit(0);
    }
    close(p[0]);
    wait(NULL);
}

/* The reader keeps its own write end. */
static void self(void)
{
    int p[2];

    MUST(pipe(p));
    if (fork() == 0) {
        while (read(p[0], big, sizeof big) > 0)
            ;
        _exit(0);
    }
    close(p[0]);
    close(p[1]);
    wait(NULL);
}

/* The writer keeps the read end: no EPIPE, ever. */
static void keeps_read_end(void)
{
    int p[2];

    MUST(pipe(p));
    while (write(p[1], big, sizeof big) > 0)
        ;
}

/* Wait for the child before its output is read. */
static void wait_first(void)
{
    int p[2];

    MUST(pipe(p));
    if (fork() == 0) {
        close(p[0]);
        if (write(p[1], big, sizeof big) < 0)
            _exit(1);
        _exit(0);
    }
    close(p[1]);
    wait(NULL);
}

/* Both sides write much before they read. */
static void both_write(void)
{
    int a[2], b[2];

    MUST(pipe(a));
    MUST(pipe(b));
    if (fork() == 0) {
        close(a[1]);
        close(b[0]);
        if (write(b[1], big, sizeof big) > 0)
            (void)!read(a[0], big, sizeof big);
        _exit(0);
    }
    close(a[0]);
    close(b[1]);
    if (write(a[1], big, sizeof big) > 0)
        (void)!read(b[0], big, sizeof big);
}

/* Waits for input that the grader does not send. */
static void input(void)
{
    (void)!read(STDIN_FILENO, big, 1);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"parent-holds", parent_holds},     {"self", self},
        {"keeps-read-end", keeps_read_end}, {"wait-first", wait_first},
        {"both-write", both_write},         {"input", input},
    };

    return RUN_MODE(modes);
}
