/* SPDX-License-Identifier: MIT */
/**
 * A partner for the waits: does, one after the other, what its arguments say.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_usr1(int sig)
{
    static const char text[] = "got USR1\n";

    if (write(1, text, sizeof text - 1) == -1)
        _exit(9);
    (void)sig;
}

/* Copy what comes from @from to @to until its end, saying nothing of the pieces it came in. */
static void copy(int from, int to)
{
    char buf[4096];
    ssize_t n;

    while ((n = read(from, buf, sizeof buf)) > 0 || (n == -1 && errno == EINTR))
        if (n > 0 && write(to, buf, (size_t)n) != n)
            exit(8);
}

/* The sizes of the pieces stdin comes in. */
static void pieces(void)
{
    char buf[4096];
    ssize_t n;

    while ((n = read(0, buf, sizeof buf)) > 0)
        printf("%zd ", n);
    printf("end\n");
}

static void many(int n)
{
    while (n-- > 0)
        if (fork() == 0)
            for (;;)
                pause();
}

static int must_open(const char *path, int flags)
{
    int fd = open(path, flags, 0600);

    if (fd == -1) {
        perror(path);
        exit(7);
    }
    return fd;
}

static void act(const char *verb, const char *what)
{
    if (strcmp(verb, "say") == 0)
        dprintf(1, "%s\n", what);
    else if (strcmp(verb, "complain") == 0)
        dprintf(2, "%s\n", what);
    else if (strcmp(verb, "print") == 0)
        dprintf(1, "%s", what);
    else if (strcmp(verb, "close") == 0)
        close(atoi(what));
    else if (strcmp(verb, "read-from") == 0)
        copy(must_open(what, O_RDONLY), 1);
    else if (strcmp(verb, "write-to") == 0)
        copy(0, must_open(what, O_WRONLY));
    else if (strcmp(verb, "touch") == 0)
        close(must_open(what, O_WRONLY | O_CREAT));
    else if (strcmp(verb, "many") == 0)
        many(atoi(what));
}

int main(int argc, char **argv)
{
    struct sigaction sa = {.sa_handler = on_usr1};

    sigaction(SIGUSR1, &sa, NULL);
    setvbuf(stdout, NULL, _IONBF, 0);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "echo") == 0)
            copy(0, 1);
        else if (strcmp(argv[i], "pieces") == 0)
            pieces();
        else if (strcmp(argv[i], "pause") == 0)
            pause();
        else if (strcmp(argv[i], "kill-children") == 0)
            kill(0, SIGTERM);
        else if (i + 1 < argc) {
            act(argv[i], argv[i + 1]);
            i++;
        }
    }
    return 0;
}
