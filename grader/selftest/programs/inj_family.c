/* SPDX-License-Identifier: MIT */
/**
 * Correct: forks and execs. `fork`: the parent and each of two children read the same 64 bytes
 * from a pipe of their own, whole. `cat FILE`: becomes cat, reading a pipe. `again`: closes every
 * descriptor it finds and becomes itself in mode `fork`.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void read_all(void)
{
    char buf[64] = "";
    int fds[2];
    size_t done = 0;

    if (pipe(fds) == -1 || write(fds[1], buf, sizeof buf) != sizeof buf)
        _exit(1);
    while (done < sizeof buf) {
        ssize_t n = read(fds[0], buf + done, sizeof buf - done);

        done += n > 0 ? (size_t)n : 0;
    }
    close(fds[0]);
    close(fds[1]);
}

static int family(void)
{
    read_all();
    for (int i = 0; i < 2; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            read_all();
            _exit(0);
        }
        if (waitpid(pid, NULL, 0) != pid)
            return 1;
    }
    puts("ok");
    return 0;
}

int main(int argc, char **argv)
{
    int fds[2];

    if (argc == 2 && strcmp(argv[1], "fork") == 0)
        return family();
    if (argc == 2 && strcmp(argv[1], "cat") == 0) {
        if (pipe(fds) == -1 || write(fds[1], "a line for cat\n", 15) != 15)
            return 1;
        dup2(fds[0], 0);
        close(fds[0]);
        close(fds[1]);
        execlp("cat", "cat", (char *)NULL);
        return 127;
    }
    if (argc == 2 && strcmp(argv[1], "again") == 0) {
        for (int fd = 3; fd < 5000; fd++)
            close(fd);
        closefrom(3);
        close_range(3, ~0u, 0);
        execl(argv[0], argv[0], "fork", (char *)NULL);
        return 127;
    }
    return 2;
}
