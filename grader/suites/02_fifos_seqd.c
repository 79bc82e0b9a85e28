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

enum { CROWD = 50 };

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

void end_seqd(struct gr_run *r, struct gr_proc *seqd)
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

void seqd_hands_out_ranges(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    unsigned len = 2 + gr_random(r, 10000);
    char text[16], want[64];

    expect_range(r, "10", "0..9\n");
    end_seqd(r, seqd);
    expect_ready_in_time(r, (const char *const[]){"seqd", "d", NULL}, "d/seq");
    seqd = start_seqd(r, (struct gr_prog){0});
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

/* seqd stands until all have asked, they stand until all is answered, and go on in the other order:
 * who reads from a FIFO that is not his own finds an answer that is not his own. */
static void answer_all(struct gr_run *r, struct gr_proc *seqd, struct gr_proc **client)
{
    gr_wait_idle(r->scene);
    for (int i = 0; i < CROWD; i++) {
        gr_expect(r, !client[i]->ended, "`%s` ended before seqd could answer: %.200s",
                  client[i]->command, gr_buf_text(&client[i]->errbuf));
        gr_hold(r, client[i]);
    }
    gr_signal(seqd, SIGCONT);
    gr_wait_idle(r->scene);
    for (int i = CROWD - 1; i >= 0; i--)
        gr_signal(client[i], SIGCONT);
    gr_wait_idle(r->scene); /* who still waits then waits for ever: its answer went elsewhere */
    gr_expect_going(r);
}

static void take_range(struct gr_run *r, struct gr_proc *p, long len, long range[2])
{
    const char *out = gr_buf_text(&p->outbuf);
    int n = 0;

    if (!p->ended || p->outbuf.len == 0)
        return;
    gr_expect(
        r, sscanf(out, "%ld..%ld%n", &range[0], &range[1], &n) == 2 && strcmp(out + n, "\n") == 0,
        "`%s` should print one line START..END; it printed what belongs to it and the answer "
        "of another client, or something else: %.100s",
        p->command, out);
    gr_expect(r, range[1] - range[0] + 1 == len,
              "`%s` asked for %ld numbers and printed %ld..%ld, which are %ld: it read the answer "
              "of another client",
              p->command, len, range[0], range[1], range[1] - range[0] + 1);
}

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
    answer_all(r, seqd, client);
    for (int i = 0; i < CROWD; i++)
        take_range(r, client[i], len[i], range[i]); /* first what came, then who got nothing */
    for (int i = 0; i < CROWD; i++) {
        gr_expect_exit(r, client[i], 0);
        gr_expect(r, client[i]->outbuf.len > 0, "`%s` printed nothing", client[i]->command);
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
    raw_put(r, wfd, gr_buf_text(&b));
    expect_answer(r, seqd, rfd, "4300000029..4300000029\n",
                  "4300 requests for 1000000 numbers each");
    gr_buf_release(&b);
}

/* Each piece is read before the next one comes. */
static void put_pieces(struct gr_run *r, int wfd, const char *const *piece)
{
    for (; *piece; piece++) {
        raw_put(r, wfd, *piece);
        gr_wait_idle(r->scene);
        gr_expect_going(r);
    }
}

void seqd_takes_requests_apart(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd = raw_requests(r), rfd[3];
    char text[128];

    for (unsigned i = 0; i < 3; i++)
        rfd[i] = raw_client(r, i, O_RDONLY);
    gr_hold(r, seqd);
    snprintf(text, sizeof text, "\n%u 5\n\n%u 3\n\n%u 7\n", RAW_PID, RAW_PID + 1, RAW_PID + 2);
    raw_put(r, wfd, text);
    gr_signal(seqd, SIGCONT);
    expect_answer(r, seqd, rfd[0], "0..4\n",
                  "three requests that came together, the first of them");
    expect_answer(r, seqd, rfd[1], "5..7\n",
                  "three requests that came together, the second of them");
    expect_answer(r, seqd, rfd[2], "8..14\n",
                  "three requests that came together, the last of them");
    snprintf(text, sizeof text, "\n%u 1", RAW_PID);
    raw_put(r, wfd, text);
    if (!gr_expect_no_spin(r, seqd)) /* half a request is there, and no more */
        return;
    put_pieces(r, wfd, (const char *const[]){"0\n", NULL});
    expect_answer(r, seqd, rfd[0], "15..24\n", "a request for 10 numbers that came in two pieces");
    snprintf(text, sizeof text, "\n%u", RAW_PID);
    put_pieces(r, wfd, (const char *const[]){text, " ", "1", "\n", NULL});
    expect_answer(r, seqd, rfd[0], "25..25\n", "a request for 1 number that came in four pieces");
    snprintf(text, sizeof text, "\n%u 1\n\n%u 2\n", RAW_PID + 2, RAW_PID + 1);
    raw_put(r, wfd, text);
    expect_answer(r, seqd, rfd[1], "27..28\n", "two requests that came together, the last of them");
    expect_wide_numbers(r, seqd, wfd, rfd[1]);
    close(wfd);
    for (unsigned i = 0; i < 3; i++)
        raw_gone(r, i, rfd[i]);
    end_seqd(r, seqd);
}

void seqd_drains_at_sigterm(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd = raw_requests(r), rfd = raw_client(r, 1, O_RDONLY);

    gr_wait_idle(r->scene); /* it sleeps: so the signal, and not the requests, ends the sleep */
    gr_hold(r, seqd);
    raw_ask(r, wfd, 9, 10);
    raw_ask(r, wfd, 1, 5);
    gr_signal(seqd, SIGTERM); /* pending, as the requests are */
    gr_signal(seqd, SIGCONT);
    gr_expect_exit(r, seqd, 0);
    expect_answer(r, NULL, rfd, "10..14\n", "SIGTERM, to requests that were sent before it");
    gr_expect_gone(r, "d/seq", "seqd");
    raw_gone(r, 1, rfd);
    close(wfd);
    expect_term_in_time(r, (const char *const[]){"seqd", "d", NULL}, "d/seq");
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
    expect_file_kept(r, gr_run_args(r, NULL, "seqd", "d", NULL), "d/seq");
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

/* A range that nobody sees is lost: that is no success. */
static void expect_unprinted(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0}), *p;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    if (full == -1)
        gr_fail(r, GR_INFRA, "/dev/full: %s", strerror(errno));
    p = gr_run_prog(r, &(struct gr_prog){.argv = (const char *const[]){"seqc", "d", "5", NULL},
                                         .stdout_fd = full,
                                         .stdout_word = "/dev/full"});
    expect_failure(r, p, "its standard output cannot be written");
    close(full);
    end_seqd(r, seqd);
    gr_expect(r, gr_jail_unlink(r->scene, "d") == 0,
              "seqc could not print its range, and left its own FIFO in the folder");
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
    expect_unprinted(r);
}

void seq_memory(struct gr_run *r)
{
    struct gr_proc *seqd = start_seqd(r, (struct gr_prog){0});
    int wfd;

    expect_range(r, "10", "0..9\n");
    wfd = raw_requests(r);
    raw_ask(r, wfd, 1, 10);
    raw_put(r, wfd, "garbage without an end, longer than any line of a well-formed request may be");
    close(wfd);
    expect_range(r, "1", "20..20\n");
    end_seqd(r, seqd);
}

void seq_leaves_nothing(struct gr_run *r)
{
    static const unsigned umasks[] = {0, 022, 077};
    bool asleep = true;

    for (size_t i = 0; i < 3 && asleep; i++) {
        struct gr_prog prog = {.set_umask = true, .umask = umasks[i]};
        struct gr_proc *seqd = start_seqd(r, prog);
        char *names;

        gr_expect_mode(r, "d/seq", S_IFIFO, 0600, "seqd");
        expect_range(r, "10", "0..9\n");
        asleep = expect_sleep(r, seqd,
                              "in a call without a time limit, which a request or SIGTERM ends");
        end_seqd(r, seqd);
        names = gr_jail_names(r->scene, "d");
        if (!names)
            gr_fail(r, GR_FAIL, "the folder d is gone");
        if (*names)
            gr_fail(r, GR_LEFTOVER, "when all had ended there was still in the folder: %.200s",
                    names);
        free(names);
    }
    gr_jail_unlink(r->scene, "d");
}
