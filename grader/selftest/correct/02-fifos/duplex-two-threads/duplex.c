/* SPDX-License-Identifier: MIT */
/* two threads, each with plain blocking calls */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *in_path;

static void complain(const char *what)
{
    fprintf(stderr, "duplex: %s: %s\n", what, strerror(errno));
}

static int copy(int from, int to, const char *what)
{
    char buf[16384];
    ssize_t n;

    while ((n = read(from, buf, sizeof buf)) > 0) {
        char *p = buf;
        while (n > 0) {
            ssize_t put = write(to, p, (size_t)n);
            if (put == -1) {
                complain(what);
                return 1;
            }
            p += put;
            n -= put;
        }
    }
    if (n == -1) {
        complain("read");
        return 1;
    }
    return 0;
}

static void *receive(void *arg)
{
    int fd = open(in_path, O_RDONLY);

    (void)arg;
    if (fd == -1) {
        complain(in_path);
        exit(1);
    }
    if (copy(fd, STDOUT_FILENO, "stdout"))
        exit(1);
    close(fd);
    return NULL;
}

int main(int argc, char *argv[])
{
    pthread_t t;
    int out, rc;

    if (argc != 3) {
        fprintf(stderr, "usage: duplex OUT IN\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (access(argv[1], W_OK) == -1 || access(argv[2], R_OK) == -1) {
        complain("access");
        return 1;
    }
    in_path = argv[2];
    if ((errno = pthread_create(&t, NULL, receive, NULL)) != 0) {
        complain("pthread_create");
        return 1;
    }
    out = open(argv[1], O_WRONLY);
    if (out == -1) {
        complain(argv[1]);
        return 1;
    }
    rc = copy(STDIN_FILENO, out, argv[1]);
    close(out);
    pthread_join(t, NULL);
    return rc;
}
