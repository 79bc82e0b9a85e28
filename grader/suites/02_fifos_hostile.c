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
#include <sys/wait.h>
#include <unistd.h>

enum { REQUESTS = 200, FEW_FDS = 32 };

/* One bad line, and then a good request for one number: it gets the next one. */
static void expect_ignored(struct gr_run *r, struct gr_proc *seqd, int wfd, int rfd,
                           const char *bad, unsigned next)
{
    char want[64], *shown = gr_escape(bad, strlen(bad), 60);
    char *after = gr_xasprintf("the malformed line \"%s\"", shown);

    raw_put(r, wfd, bad);
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
        "7000001 5 half",
    };
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd = raw_requests(r), rfd = raw_client(r, 1, O_RDONLY);
    char *noise = garbage(r, 20000), longer[96];
    unsigned n = 0;

    for (; n < sizeof bad / sizeof *bad; n++)
        expect_ignored(r, seqd, wfd, rfd, bad[n], n);
    /* 64 bytes that would be a good request, and five more */
    snprintf(longer, sizeof longer, "\n%062d 500000\n", 7000001);
    expect_ignored(r, seqd, wfd, rfd, longer, n++);
    expect_ignored(r, seqd, wfd, rfd, noise, n++);
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

/* A client that has its FIFO open and full, so that not one byte more goes in. */
static void stuffed_client(struct gr_run *r, struct gr_proc *seqd, int wfd, int rfd, unsigned *next)
{
    int fd = raw_client(r, 5, O_RDWR);

    if (gr_fill_fd(fd, 'x', 0) == -1)
        gr_fail(r, GR_INFRA, "cannot fill a FIFO of the jail: %s", strerror(errno));
    raw_ask(r, wfd, 5, 10);
    expect_next(r, seqd, wfd, rfd, next, "a client whose FIFO is full");
    raw_gone(r, 5, fd);
}

void seqd_outlives_bad_clients(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd = raw_requests(r), rfd = raw_client(r, 1, O_RDONLY), mute;
    unsigned next = 0;

    raw_ask(r, wfd, 2, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client without a FIFO");
    mute = raw_client(r, 3, O_RDONLY);
    close(mute); /* the FIFO is there, and nobody reads it */
    raw_ask(r, wfd, 3, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client that has its FIFO not open");
    mute = raw_client(r, 4, O_RDONLY); /* open, and never read */
    raw_ask(r, wfd, 4, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client that never reads");
    stuffed_client(r, seqd, wfd, rfd, &next);
    if (gr_jail_plant(r->scene, raw_path(6), 0600, "keep me\n") == -1)
        gr_fail(r, GR_INFRA, "cannot plant a file: %s", strerror(errno));
    raw_ask(r, wfd, 6, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client whose FIFO is a regular file");
    gr_expect_file(r, raw_path(6), "keep me\n", 8);
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
