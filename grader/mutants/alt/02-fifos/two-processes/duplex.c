/* SPDX-License-Identifier: MIT */
/* duplex by two processes: the parent has own input and OUT, the child IN and own output. Each
 * opens only the FIFO that it needs, so that no order can be wrong. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what)
{
    fprintf(stderr, "duplex: %s: %s\n", what, strerror(errno));
    return 1;
}

static int carry(int from, int to)
{
    char buf[8192];
    ssize_t got, put = 0;

    while ((got = read(from, buf, sizeof buf)) > 0)
        for (ssize_t done = 0; done < got; done += put)
            if ((put = write(to, buf + done, (size_t)(got - done))) == -1)
                return fail("write");
    return got == -1 ? fail("read") : 0;
}

static int receive(const char *path)
{
    int fd = open(path, O_RDONLY);

    return fd == -1 ? 1 : carry(fd, STDOUT_FILENO);
}

int main(int argc, char *argv[])
{
    int fd, rc, status;
    pid_t pid;

    if (argc != 3) {
        fprintf(stderr, "usage: duplex OUT IN\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (access(argv[1], W_OK) == -1)
        return fail(argv[1]);
    if (access(argv[2], R_OK) == -1)
        return fail(argv[2]);
    pid = fork();
    if (pid == -1)
        return fail("fork");
    if (pid == 0)
        _exit(receive(argv[2]));
    fd = open(argv[1], O_WRONLY);
    rc = fd == -1 ? fail(argv[1]) : carry(STDIN_FILENO, fd);
    if (fd != -1)
        close(fd);
    if (waitpid(pid, &status, 0) == -1)
        return fail("waitpid");
    return rc != 0 || status != 0;
}
