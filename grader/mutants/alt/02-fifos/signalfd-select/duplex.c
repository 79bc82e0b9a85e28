/* SPDX-License-Identifier: MIT */
/* duplex that opens both FIFOs with plain waiting calls, in the order of their names, and has a
 * thread for each direction. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One direction; its thread closes `to` when `from` is at its end. */
struct way {
    int from, to;
    int failed;
};

static int fail(const char *what)
{
    fprintf(stderr, "duplex: %s: %s\n", what, strerror(errno));
    return 1;
}

static int put(int fd, const char *buf, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, buf, n);

        if (done == -1)
            return -1;
        buf += done;
        n -= (size_t)done;
    }
    return 0;
}

static void *carry(void *arg)
{
    struct way *w = arg;
    static __thread char buf[16384];
    ssize_t got;

    while ((got = read(w->from, buf, sizeof buf)) > 0)
        if (put(w->to, buf, (size_t)got) == -1) {
            w->failed = fail("write");
            break;
        }
    if (got == -1)
        w->failed = fail("read");
    if (w->to != STDOUT_FILENO)
        close(w->to);
    return NULL;
}

static int open_both(const char *out, const char *in, struct way *send, struct way *receive)
{
    int out_first = strcmp(out, in) < 0;

    if (out_first && (send->to = open(out, O_WRONLY)) == -1)
        return fail(out);
    if ((receive->from = open(in, O_RDONLY)) == -1)
        return fail(in);
    if (!out_first && (send->to = open(out, O_WRONLY)) == -1)
        return fail(out);
    return 0;
}

int main(int argc, char *argv[])
{
    static struct way send = {.from = STDIN_FILENO}, receive = {.to = STDOUT_FILENO};
    pthread_t thread;

    if (argc != 3) {
        fprintf(stderr, "usage: duplex OUT IN\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (open_both(argv[1], argv[2], &send, &receive) != 0)
        return 1;
    errno = pthread_create(&thread, NULL, carry, &send);
    if (errno != 0)
        return fail("pthread_create");
    carry(&receive);
    errno = pthread_join(thread, NULL);
    if (errno != 0)
        return fail("pthread_join");
    return send.failed || receive.failed;
}
