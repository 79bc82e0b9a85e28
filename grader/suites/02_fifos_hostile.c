/* SPDX-License-Identifier: MIT */
/* Lab 02, part 2B: clients of seqd that do what no client should. */
#include "02_fifos.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REQUESTS = 200, FEW_FDS = 32 };

/* One bad line of @len bytes, and then a good request for one number: it gets the next one. */
static void expect_ignored(struct gr_run *r, struct gr_proc *seqd, int wfd, int rfd,
                           const char *bad, size_t len, unsigned next)
{
    bool empty = strspn(bad, "\n") == len;
    char want[64], *shown = gr_escape(bad, bad[len - 1] == '\n' ? len - 1 : len, 60);
    char *after = gr_xasprintf("%s%s%s, which takes no numbers and gets no answer,",
                               empty ? "an empty line" : "the malformed line \"",
                               empty ? "" : shown, empty ? "" : "\"");

    gr_put_fd(r->scene, wfd, bad, len);
    gr_expect_going(r);
    raw_ask(r, wfd, 1, 1);
    snprintf(want, sizeof want, "%u..%u\n", next, next);
    expect_answer(r, seqd, rfd, want, after);
    free(after);
    free(shown);
}

/* Bytes without a newline and without digits, longer than any line. */
static char *garbage(struct gr_run *r, size_t n)
{
    char *text = gr_xcalloc(1, n + 1);

    for (size_t i = 0; i < n; i++)
        do
            text[i] = (char)(1 + gr_random(r, 255));
        while (text[i] == '\n' || (text[i] >= '0' && text[i] <= '9'));
    return text;
}

/* A good request of just 64 bytes, for ten numbers; client 1 gets them. */
static void expect_long_request(struct gr_run *r, struct gr_proc *seqd, int wfd, int rfd,
                                unsigned next)
{
    char line[96], want[64];

    snprintf(line, sizeof line, "\n%057u 000010\n", RAW_PID + 1);
    raw_put(r, wfd, line);
    snprintf(want, sizeof want, "%u..%u\n", next, next + 9);
    expect_answer(
        r, seqd, rfd, want,
        "a good request for 10 numbers: 64 bytes, two decimal numbers with zeros in front");
}

void seqd_ignores_garbage(struct gr_run *r)
{
    static const char *const bad[] = {
        "\n",
        "\n\n\n\n",
        "x\n",
        "7000001\n",
        "7000001 \n",
        " 7000001 5\n",
        "7000001  5\n",
        "7000001 5 \n",
        "7000001 5x\n",
        "7000001,5\n",
        "-7000001 5\n",
        "7000001 -5\n",
        "7000001 0\n",
        "0 5\n",
        "7000001 1000001\n",
        "7000001 5 5\n",
        "7000001 99999999999999999999\n",
        "99999999999999999999 5\n",
        "7000001\t5\n",
        "7000001 5\r\n",
        "2147483648 5\n",
        "7000001 5 half",
    };
    static const char nul[] = "7000001 5\0 5\n";
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd = raw_requests(r), rfd = raw_client(r, 1, O_RDONLY);
    char *noise = garbage(r, 20000), longer[96];
    unsigned n = 0;

    for (; n < sizeof bad / sizeof *bad; n++)
        expect_ignored(r, seqd, wfd, rfd, bad[n], strlen(bad[n]), n);
    /* 64 bytes that would be a good request, and five more */
    snprintf(longer, sizeof longer, "\n%062d 500000\n", 7000001);
    expect_ignored(r, seqd, wfd, rfd, longer, strlen(longer), n++);
    expect_ignored(r, seqd, wfd, rfd, noise, strlen(noise), n++);
    expect_ignored(r, seqd, wfd, rfd, nul, sizeof nul - 1, n++);
    expect_long_request(r, seqd, wfd, rfd, n);
    free(noise);
    close(wfd);
    raw_gone(r, 1, rfd);
    end_seqd(r, seqd);
}

/* After each bad client a good one: it is served, and the bad one's numbers are gone. */
static void expect_next(struct gr_run *r, struct gr_proc *seqd, int wfd, int rfd, unsigned *next,
                        const char *after)
{
    char want[64];

    *next += 10; /* what the bad one asked for */
    raw_ask(r, wfd, 1, 1);
    snprintf(want, sizeof want, "%u..%u\n", *next, *next);
    expect_answer(r, seqd, rfd, want, after);
    ++*next;
}

/* A client that has its FIFO open and full, so that no more goes in than @room bytes: less than an
 * answer has, and one write() puts in nothing then. */
static void stuffed_client(struct gr_run *r, struct gr_proc *seqd, int wfd, int rfd, size_t room,
                           unsigned *next)
{
    int fd = raw_client(r, 5, O_RDWR), now;
    ssize_t filled = gr_fill_fd(fd, 'x', room);

    if (filled == -1)
        gr_fail(r, GR_INFRA, "cannot fill a FIFO of the jail: %s", strerror(errno));
    raw_ask(r, wfd, 5, 10);
    expect_next(r, seqd, wfd, rfd, next, "a client whose FIFO is full");
    if (ioctl(fd, FIONREAD, &now) == -1)
        gr_fail(r, GR_INFRA, "ioctl(FIONREAD): %s", strerror(errno));
    gr_expect(r, now == (int)filled,
              "a client's FIFO had room for %zu bytes, and the first %d bytes of an answer are in "
              "it: an answer goes out in one write(), which puts in all of it or nothing",
              room, now - (int)filled);
    raw_gone(r, 5, fd);
}

/* Something other than a FIFO has the name of client @n. */
static void other_client(struct gr_run *r, struct gr_proc *seqd, int wfd, int rfd, unsigned *next)
{
    if (gr_jail_plant(r->scene, raw_path(6), 0600, "keep me\n") == -1 ||
        gr_jail_mkdir(r->scene, raw_path(7), 0700) == -1)
        gr_fail(r, GR_INFRA, "cannot plant a file or a folder: %s", strerror(errno));
    raw_ask(r, wfd, 6, 10);
    expect_next(r, seqd, wfd, rfd, next, "a client whose FIFO is a regular file");
    gr_expect_file(r, raw_path(6), "keep me\n", 8);
    raw_ask(r, wfd, 7, 10);
    expect_next(r, seqd, wfd, rfd, next, "a client whose FIFO is a folder");
}

void seqd_outlives_bad_clients(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd = raw_requests(r), rfd = raw_client(r, 1, O_RDONLY), mute;
    unsigned next = 0;
    struct stat st;

    raw_ask(r, wfd, 2, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client without a FIFO");
    gr_expect(r, gr_jail_stat(r->scene, raw_path(2), &st) == -1,
              "a client without a FIFO asked, and now there is %s: only a client makes it (open() "
              "without O_CREAT; fopen() for writing has it)",
              raw_path(2));
    mute = raw_client(r, 3, O_RDONLY);
    close(mute); /* the FIFO is there, and nobody reads it */
    raw_ask(r, wfd, 3, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client that has its FIFO not open");
    mute = raw_client(r, 4, O_RDONLY); /* open, and never read */
    raw_ask(r, wfd, 4, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client that never reads");
    stuffed_client(r, seqd, wfd, rfd, 0, &next);
    stuffed_client(r, seqd, wfd, rfd, 2, &next);
    other_client(r, seqd, wfd, rfd, &next);
    close(mute);
    close(rfd);
    close(wfd);
    end_seqd(r, seqd);
}

/* Held between the open of the client's FIFO and the write, while the client goes away. A program
 * that opens in a way we cannot stop at answers at once, and is not tested. */
void seqd_survives_epipe(struct gr_run *r)
{
    static const char *const rules[] = {"stop=after:open(cl.7000002)",
                                        "stop=after:openat(cl.7000002)", NULL};
    struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .rules = rules};
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){.inject = &in});
    int wfd = raw_requests(r), good = raw_client(r, 1, O_RDONLY),
        dying = raw_client(r, 2, O_RDONLY);
    size_t at = 0;
    struct gr_call c = {.pid = 0};
    bool held;

    raw_ask(r, wfd, 2, 10);
    held = gr_wait_call_or_fd(r->scene, &at, "@stop", NULL, &c, dying);
    gr_expect_going(r);
    raw_gone(r, 2, dying);
    if (held)
        gr_resume(r->scene, c.pid);
    gr_wait_idle(r->scene);
    gr_expect(r, !seqd->ended || !WIFSIGNALED(seqd->status) || WTERMSIG(seqd->status) != SIGPIPE,
              "signal 13 (SIGPIPE) ended seqd when it answered a client that had just closed its "
              "FIFO: ignore the signal, and write() tells it by EPIPE");
    raw_ask(r, wfd, 1, 1);
    expect_answer(r, seqd, good, "10..10\n", "a client that went away before its answer");
    raw_gone(r, 1, good);
    close(wfd);
    end_seqd(r, seqd);
}

void seqd_closes_every_answer(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){.nofile = FEW_FDS});
    struct gr_fds fds = {0};
    int wfd = raw_requests(r);

    for (unsigned i = 0; i < REQUESTS; i++) {
        int rfd = raw_client(r, i, O_RDONLY);
        char want[64];

        raw_ask(r, wfd, i, 1);
        snprintf(want, sizeof want, "%u..%u\n", i, i);
        expect_answer(r, seqd, rfd, want, "many others, with room for 32 descriptors");
        raw_gone(r, i, rfd);
        if (i == 4 || i == 19)
            gr_wait_idle(r->scene);
        if (i == 4 && gr_open_fds(seqd, &fds) == -1)
            gr_fail(r, GR_INFRA, "cannot see the descriptors of seqd: %s", strerror(errno));
        if (i == 19)
            gr_expect_no_more_fds(r, seqd, &fds, 10, "15 more requests");
    }
    close(wfd);
    end_seqd(r, seqd);
}
