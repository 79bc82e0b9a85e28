/* SPDX-License-Identifier: MIT */
/* Lab 02, part 2B: seqd, with its own seqc and with raw clients, most of them hostile. */
#include "02_fifos.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CROWD = 50,
    REQUESTS = 200,
    FEW_FDS = 32,
    RAW_PID = 7000000, /* above every real process id: raw clients are this plus a number */
};

struct gr_proc *start_seqd(struct gr_run *r, struct gr_prog prog)
{
    static const char *const argv[] = {"seqd", "d", NULL};
    struct gr_proc *p;

    if (gr_jail_mkdir(gr_scene(r), "d", 0700) == -1 && errno != EEXIST)
        gr_fail(r, GR_INFRA, "cannot make a folder in the jail: %s", strerror(errno));
    prog.argv = argv;
    p = gr_run_prog(r, &prog);
    gr_expect_ready(r, p);
    return p;
}

static void end_seqd(struct gr_run *r, struct gr_proc *seqd)
{
    gr_expect_term(r, seqd);
    gr_expect_gone(r, "d/seq", "seqd");
}

static struct gr_proc *start_seqc(struct gr_run *r, const char *len)
{
    return gr_run_args(r, NULL, "seqc", "d", len, NULL);
}

static void expect_range(struct gr_run *r, const char *len, const char *range)
{
    struct gr_proc *p = start_seqc(r, len);

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out(r, p, range);
    gr_expect_exit(r, p, 0);
}

static const char *client_path(unsigned n)
{
    static char path[32];

    snprintf(path, sizeof path, "d/cl.%u", RAW_PID + n);
    return path;
}

/* The FIFO of raw client @n, open as @flags say. */
static int raw_client(struct gr_run *r, unsigned n, int flags)
{
    int fd = -1;

    if (gr_jail_mkfifo(r->scene, client_path(n), 0600) == -1 ||
        (fd = gr_jail_open(r->scene, client_path(n), flags, 0)) == -1)
        gr_fail(r, GR_INFRA, "cannot make a FIFO in the jail: %s", strerror(errno));
    return fd;
}

static void raw_gone(struct gr_run *r, unsigned n, int fd)
{
    close(fd);
    gr_jail_unlink(r->scene, client_path(n));
}

/* Into the server's FIFO, which raw clients share. */
static int requests(struct gr_run *r)
{
    int fd = gr_wait_writer(r->scene, "d/seq");

    gr_expect(r, fd != -1, "d/seq cannot be opened for writing: %s", strerror(errno));
    return fd;
}

static void put(struct gr_run *r, int fd, const char *text)
{
    gr_expect(r, gr_put_fd(r->scene, fd, text, strlen(text)),
              "seqd does not read its FIFO any more");
    gr_expect_going(r);
}

static void ask(struct gr_run *r, int wfd, unsigned n, unsigned len)
{
    char text[64];

    snprintf(text, sizeof text, "\n%u %u\n", RAW_PID + n, len);
    put(r, wfd, text);
}

/* The line that comes back; @seqd NULL: it has ended as it should. */
static void expect_answer(struct gr_run *r, struct gr_proc *seqd, int rfd, const char *want,
                          const char *after)
{
    struct gr_buf b = {.cap = 4096};
    bool came = gr_wait_fd_line(r->scene, rfd, &b, 0);

    expect_alive(r, seqd, after);
    if (!came)
        gr_expect_going(r);
    if (b.len != strlen(want) || memcmp(gr_buf_text(&b), want, b.len) != 0) {
        char *what = gr_xasprintf("the answer after %s", after);

        gr_expect_bytes(r, what, gr_buf_text(&b), b.len, want, strlen(want));
    }
    gr_buf_release(&b);
}

void seqd_hands_out_ranges(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    unsigned len = 2 + gr_random(r, 10000);
    char text[16], want[64];

    expect_range(r, "10", "0..9\n");
    expect_range(r, "1", "10..10\n");
    snprintf(text, sizeof text, "%u", len);
    snprintf(want, sizeof want, "11..%u\n", 10 + len);
    expect_range(r, text, want);
    snprintf(want, sizeof want, "%u..%u\n", 11 + len, 1000010 + len);
    expect_range(r, "1000000", want);
    end_seqd(r, seqd);
}

static int by_start(const void *a, const void *b)
{
    const long *x = a, *y = b;

    return x[0] < y[0] ? -1 : x[0] > y[0];
}

/* seqd stands until all have asked: then nobody's answer comes before another one's request. */
void seqd_serves_a_crowd(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0}), *client[CROWD];
    long range[CROWD][2], len[CROWD], next = 0;
    char text[64];

    gr_hold(r, seqd);
    for (int i = 0; i < CROWD; i++) {
        len[i] = 1 + i * 100 + (long)gr_random(r, 100);
        snprintf(text, sizeof text, "%ld", len[i]);
        client[i] = start_seqc(r, text);
    }
    gr_wait_stuck(r->scene);
    gr_signal(seqd, SIGCONT);
    for (int i = 0; i < CROWD; i++) {
        const char *out;
        int n = 0;

        gr_expect_exit(r, client[i], 0);
        out = gr_buf_text(&client[i]->outbuf);
        if (sscanf(out, "%ld..%ld%n", &range[i][0], &range[i][1], &n) != 2 || strcmp(out + n, "\n"))
            gr_expect_out(r, client[i], "START..END\n");
        gr_expect(r, range[i][1] - range[i][0] + 1 == len[i],
                  "`%s` asked for %ld numbers and printed %ld..%ld, which are %ld: it read the "
                  "answer of another client",
                  client[i]->command, len[i], range[i][0], range[i][1],
                  range[i][1] - range[i][0] + 1);
    }
    qsort(range, CROWD, sizeof range[0], by_start);
    for (int i = 0; i < CROWD; i++) {
        gr_expect(r, range[i][0] == next,
                  "the ranges of %d clients together should be 0.. without a gap and without "
                  "overlap; %ld is %s",
                  CROWD, next, range[i][0] > next ? "in none of them" : "in two of them");
        next = range[i][1] + 1;
    }
    snprintf(text, sizeof text, "%ld..%ld\n", next, next);
    expect_range(r, "1", text);
    end_seqd(r, seqd);
}

/* Many dead clients: their numbers are gone all the same, and pass 32 bits. */
static void expect_wide_numbers(struct gr_run *r, struct gr_proc *seqd, int wfd, int rfd)
{
    struct gr_buf b = {.cap = 1 << 20};
    char line[64];

    for (int i = 0; i < 4300; i++)
        gr_buf_add(&b, line, (size_t)snprintf(line, sizeof line, "\n%u 1000000\n", RAW_PID + 99));
    gr_buf_add(&b, line, (size_t)snprintf(line, sizeof line, "\n%u 1\n", RAW_PID + 1));
    put(r, wfd, gr_buf_text(&b));
    expect_answer(r, seqd, rfd, "4300000028..4300000028\n",
                  "4300 requests for 1000000 numbers each");
    gr_buf_release(&b);
}

void seqd_takes_requests_apart(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd = requests(r), rfd[3];
    char text[128];

    for (unsigned i = 0; i < 3; i++)
        rfd[i] = raw_client(r, i, O_RDONLY);
    gr_hold(r, seqd);
    snprintf(text, sizeof text, "\n%u 5\n\n%u 3\n\n%u 7\n", RAW_PID, RAW_PID + 1, RAW_PID + 2);
    put(r, wfd, text);
    gr_signal(seqd, SIGCONT);
    expect_answer(r, seqd, rfd[0], "0..4\n",
                  "three requests that came together, the first of them");
    expect_answer(r, seqd, rfd[1], "5..7\n",
                  "three requests that came together, the second of them");
    expect_answer(r, seqd, rfd[2], "8..14\n",
                  "three requests that came together, the last of them");
    snprintf(text, sizeof text, "\n%u", RAW_PID);
    put(r, wfd, text);
    gr_wait_stuck(r->scene);
    put(r, wfd, " ");
    gr_wait_stuck(r->scene);
    put(r, wfd, "1");
    gr_wait_stuck(r->scene);
    put(r, wfd, "0\n");
    expect_answer(r, seqd, rfd[0], "15..24\n", "a request for 10 numbers that came in four pieces");
    snprintf(text, sizeof text, "\n%u 1\n\n%u 2\n", RAW_PID + 2, RAW_PID + 1);
    put(r, wfd, text);
    expect_answer(r, seqd, rfd[1], "26..27\n", "two requests that came together, the last of them");
    expect_wide_numbers(r, seqd, wfd, rfd[1]);
    close(wfd);
    for (unsigned i = 0; i < 3; i++)
        raw_gone(r, i, rfd[i]);
    end_seqd(r, seqd);
}

/* One bad line, and then a good request for one number: it gets the next one. */
static void expect_ignored(struct gr_run *r, struct gr_proc *seqd, int wfd, int rfd,
                           const char *bad, unsigned next)
{
    char want[64], *shown = gr_escape(bad, strlen(bad), 60);
    char *after = gr_xasprintf("the malformed line \"%s\"", shown);

    put(r, wfd, bad);
    ask(r, wfd, 1, 1);
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
    int wfd = requests(r), rfd = raw_client(r, 1, O_RDONLY);
    char *noise = garbage(r, 20000), longer[96];
    unsigned n = 0;

    for (; n < sizeof bad / sizeof *bad; n++)
        expect_ignored(r, seqd, wfd, rfd, bad[n], n);
    snprintf(longer, sizeof longer, "\n7000001 %062d5\n", 0); /* 71 bytes between the newlines */
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
    ask(r, wfd, 1, 1);
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
    ask(r, wfd, 5, 10);
    expect_next(r, seqd, wfd, rfd, next, "a client whose FIFO is full");
    raw_gone(r, 5, fd);
}

void seqd_outlives_bad_clients(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd = requests(r), rfd = raw_client(r, 1, O_RDONLY), mute;
    unsigned next = 0;

    ask(r, wfd, 2, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client without a FIFO");
    mute = raw_client(r, 3, O_RDONLY);
    close(mute); /* the FIFO is there, and nobody reads it */
    ask(r, wfd, 3, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client that has its FIFO not open");
    mute = raw_client(r, 4, O_RDONLY); /* open, and never read */
    ask(r, wfd, 4, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client that never reads");
    stuffed_client(r, seqd, wfd, rfd, &next);
    if (gr_jail_plant(r->scene, client_path(6), 0600, "keep me\n") == -1)
        gr_fail(r, GR_INFRA, "cannot plant a file: %s", strerror(errno));
    ask(r, wfd, 6, 10);
    expect_next(r, seqd, wfd, rfd, &next, "a client whose FIFO is a regular file");
    gr_expect_file(r, client_path(6), "keep me\n", 8);
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
    int wfd = requests(r), good = raw_client(r, 1, O_RDONLY), dying = raw_client(r, 2, O_RDONLY);
    size_t at = 0;
    struct gr_call c;
    bool held;

    ask(r, wfd, 2, 10);
    held = gr_wait_call_or_fd(r->scene, &at, "@stop", NULL, &c, dying);
    gr_expect_going(r);
    raw_gone(r, 2, dying);
    if (held)
        gr_resume(r->scene, c.pid);
    ask(r, wfd, 1, 1);
    gr_wait_stuck(r->scene);
    gr_expect(r, !seqd->ended || !WIFSIGNALED(seqd->status) || WTERMSIG(seqd->status) != SIGPIPE,
              "signal 13 (SIGPIPE) ended seqd when it answered a client that had just closed its "
              "FIFO: ignore the signal, and write() tells it by EPIPE");
    expect_answer(r, seqd, good, "10..10\n", "a client that went away before its answer");
    raw_gone(r, 1, good);
    close(wfd);
    end_seqd(r, seqd);
}

void seqd_drains_at_sigterm(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd = requests(r), rfd = raw_client(r, 1, O_RDONLY);

    gr_hold(r, seqd);
    ask(r, wfd, 9, 10);
    ask(r, wfd, 1, 5);
    gr_signal(seqd, SIGTERM); /* pending, as the requests are */
    gr_signal(seqd, SIGCONT);
    gr_expect_exit(r, seqd, 0);
    expect_answer(r, NULL, rfd, "10..14\n", "SIGTERM, to requests that were sent before it");
    gr_expect_gone(r, "d/seq", "seqd");
    raw_gone(r, 1, rfd);
    close(wfd);
}

void seqd_starts_again(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});

    expect_range(r, "10", "0..9\n");
    gr_signal(seqd, SIGKILL);
    gr_wait_exit(seqd);
    seqd = start_seqd(r, (struct gr_prog){0}); /* its FIFO is there already */
    expect_range(r, "3", "0..2\n");
    end_seqd(r, seqd);
    if (gr_jail_plant(r->scene, "d/seq", 0600, "keep me\n") == -1)
        gr_fail(r, GR_INFRA, "cannot plant a file: %s", strerror(errno));
    expect_failure(r, gr_run_args(r, NULL, "seqd", "d", NULL),
                   "a regular file is where seqd's FIFO should be");
    gr_expect_file(r, "d/seq", "keep me\n", 8);
}

void seq_survives_short_reads(struct gr_run *r)
{
    struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 60, .eintr = 30};
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){.inject = &in});

    for (unsigned i = 0; i < 8; i++) {
        char want[64];
        struct gr_proc *p = gr_run_prog(
            r, &(struct gr_prog){.argv = (const char *const[]){"seqc", "d", "1000", NULL},
                                 .inject = &in});

        snprintf(want, sizeof want, "%u..%u\n", 1000 * i, 1000 * i + 999);
        gr_expect_exit(r, p, 0);
        gr_expect_out(r, p, want);
    }
    end_seqd(r, seqd);
}

void seq_refuses(struct gr_run *r)
{
    static const char *const bad[][5] = {
        {"seqd", NULL},
        {"seqd", "d", "more", NULL},
        {"seqc", "d", NULL},
        {"seqc", "d", "0", NULL},
        {"seqc", "d", "-1", NULL},
        {"seqc", "d", "1000001", NULL},
        {"seqc", "d", "", NULL},
        {"seqc", "d", "5x", NULL},
        {"seqc", "d", "99999999999999999999", NULL},
        {"seqc", "d", "+5", NULL},
        {"seqc", "d", "5", "6", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    expect_failure(r, gr_run_args(r, NULL, "seqd", "no-such-folder", NULL),
                   "there is no such folder");
    if (gr_jail_mkdir(gr_scene(r), "d", 0700) == -1)
        gr_fail(r, GR_INFRA, "cannot make a folder in the jail: %s", strerror(errno));
    expect_failure(r, start_seqc(r, "5"), "there is no FIFO of a server");
    gr_expect(r, gr_jail_unlink(r->scene, "d") == 0,
              "seqc failed, and left its own FIFO in the folder");
}

void seq_memory(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd;

    expect_range(r, "10", "0..9\n");
    wfd = requests(r);
    ask(r, wfd, 1, 10);
    put(r, wfd, "garbage without an end, longer than any line of a well-formed request may be");
    close(wfd);
    expect_range(r, "1", "20..20\n");
    end_seqd(r, seqd);
}

void seqd_closes_every_answer(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){.nofile = FEW_FDS});
    struct gr_fds fds = {0};
    int wfd = requests(r);

    for (unsigned i = 0; i < REQUESTS; i++) {
        int rfd = raw_client(r, i, O_RDONLY);
        char want[64];

        ask(r, wfd, i, 1);
        snprintf(want, sizeof want, "%u..%u\n", i, i);
        expect_answer(r, seqd, rfd, want, "many others, with room for 32 descriptors");
        raw_gone(r, i, rfd);
        if (i == 4 || i == 19)
            gr_wait_stuck(r->scene);
        if (i == 4 && gr_open_fds(seqd, &fds) == -1)
            gr_fail(r, GR_INFRA, "cannot see the descriptors of seqd: %s", strerror(errno));
        if (i == 19)
            gr_expect_no_more_fds(r, seqd, &fds, 10, "15 more requests");
    }
    close(wfd);
    end_seqd(r, seqd);
}

void seq_leaves_nothing(struct gr_run *r)
{
    static const unsigned umasks[] = {0, 022, 077};

    for (size_t i = 0; i < 3; i++) {
        struct gr_prog prog = {.set_umask = true, .umask = umasks[i]};
        struct gr_proc *seqd = start_seqd(r, prog);
        char *names;

        gr_expect_mode(r, "d/seq", S_IFIFO, 0600, "seqd");
        expect_range(r, "10", "0..9\n");
        gr_expect_no_spin(r, seqd);
        end_seqd(r, seqd);
        names = gr_jail_names(r->scene, "d");
        gr_expect(r, names != NULL, "the folder d is gone");
        if (*names)
            gr_fail(r, GR_LEFTOVER, "when all had ended there was still in the folder: %.200s",
                    names);
        free(names);
    }
    gr_jail_unlink(r->scene, "d");
}
