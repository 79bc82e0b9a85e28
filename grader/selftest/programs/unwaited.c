/* SPDX-License-Identifier: MIT */
/**
 * Faulty: ends without waiting for its child, which is what the argument names.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* As a daemon does it: out of the session, out of the family, all descriptors closed. */
static void become_daemon(void)
{
    setsid();
    if (fork() != 0)
        _exit(0);
    setsid();
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    signal(SIGTERM, SIG_IGN);
}

static void child(const char *what)
{
    if (strcmp(what, "zombie") == 0)
        _exit(0);
    if (strcmp(what, "daemon") == 0)
        become_daemon();
    if (strcmp(what, "stopped") == 0)
        raise(SIGSTOP);
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int n = argc > 2 ? atoi(argv[2]) : 1;
    siginfo_t si;
    pid_t pid = 0;

    for (int i = 0; i < n; i++) {
        pid = fork();
        if (pid == 0)
            child(what);
        if (pid == -1)
            perror("fork");
        if (strcmp(what, "zombie") == 0 && waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == -1)
            return 1;
        if (strcmp(what, "stopped") == 0 && waitid(P_PID, (id_t)pid, &si, WSTOPPED) == -1)
            return 1;
        if (strcmp(what, "daemon") == 0 && waitpid(pid, NULL, 0) == -1)
            return 1; /* the first of the two; the daemon itself lives on */
    }
    return 0;
}
