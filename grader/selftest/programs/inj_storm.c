/* SPDX-License-Identifier: MIT */
/**
 * Correct: every call that may be cut short or interrupted is in a loop, in two generations of
 * processes. Prints the sum of what came through two pipes: 1 + .. + 200, twice = 40200.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int sig)
{
    (void)sig;
}

static void put(int fd, const void *data, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t k = write(fd, (const char *)data + done, n - done);

        if (k == -1 && errno != EINTR)
            exit(3);
        done += k > 0 ? (size_t)k : 0;
    }
}

static int get(int fd, void *data, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t k = read(fd, (char *)data + done, n - done);

        if (k == 0)
            return 0;
        if (k == -1 && errno != EINTR)
            exit(4);
        done += k > 0 ? (size_t)k : 0;
    }
    return 1;
}

static void wait_for(int fd)
{
    struct pollfd p = {fd, POLLIN, 0};

    while (poll(&p, 1, -1) == -1)
        if (errno != EINTR)
            exit(5);
}

int main(void)
{
    struct sigaction sa = {.sa_handler = on_signal};
    int fds[2], total = 0, value;

    sigaction(SIGUSR1, &sa, NULL);
    if (pipe(fds) == -1)
        return 1;
    for (int child = 0; child < 2; child++)
        if (fork() == 0) {
            for (value = 1; value <= 200; value++)
                put(fds[1], &value, sizeof value);
            _exit(0);
        }
    close(fds[1]);
    for (wait_for(fds[0]); get(fds[0], &value, sizeof value);)
        total += value;
    while (wait(NULL) != -1 || errno == EINTR)
        ;
    printf("%d\n", total);
    return 0;
}
