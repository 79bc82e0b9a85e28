/* SPDX-License-Identifier: MIT */
/* Lab 01, part 1A: scenarios for `io.c`, called by grader/suites/01-pipes/io_driver.c, whose head
 * comment tells the format of its lines. */
#include "01_pipes.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The driver's lines from a seed: letters from a linear congruential generator. */
static char *seeded_bytes(size_t n, uint32_t seed)
{
    char *p = gr_xcalloc(1, n);

    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        p[i] = (char)(i % 60 == 59 ? '\n' : 'a' + (int)((seed >> 24) % 26));
    }
    return p;
}

/* Input that a person can read in a report. The caller frees it. */
static char *letters(struct gr_run *r, size_t n)
{
    char *p = gr_xcalloc(1, n + 1);

    for (size_t i = 0; i < n; i++)
        p[i] = (char)('a' + gr_random(r, 26));
    return p;
}

struct gr_proc *io_run_driver(struct gr_run *r, struct gr_prog *prog)
{
    prog->remark = "the grader's main() with your io.c";
    return gr_run_prog(r, prog);
}

static void expect_lines(struct gr_run *r, struct gr_proc *p, const char *what, const char *want)
{
    const char *got = gr_buf_text(&p->outbuf);
    char *because = strcmp(got, want) == 0 ? NULL : io_in_words(got, want);

    r->about = p;
    gr_expect_bytes_because(r, what, got, p->outbuf.len, want, strlen(want), because);
    free(because);
}

static void expect_text(struct gr_run *r, struct gr_proc *p, const char *what, char *want)
{
    gr_wait_exit(p);
    gr_expect_going(r);
    if (WIFSIGNALED(p->status))
        gr_expect_exit(r, p, 0); /* a crash is a crash, not a difference */
    expect_lines(r, p, what, want);
    gr_expect_exit(r, p, 0);
    free(want);
}

/* read_full(0, buf, @ask) on @total bytes, all at once or in a trickle; each third read() may
 * bring less than is there. */
static void try_read_full(struct gr_run *r, unsigned ask, unsigned total, bool trickle)
{
    const struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 33};
    char number[16], what[96];
    const char *argv[] = {"io_driver", "read_full", number, NULL};
    char *bytes = letters(r, total);
    struct gr_prog prog = {
        .argv = argv, .input = total ? bytes : NULL, .input_len = total, .trickle = trickle};

    prog.inject = &in;
    snprintf(number, sizeof number, "%u", ask);
    snprintf(what, sizeof what, "read_full(0, buf, %u) on %u bytes%s", ask, total,
             trickle ? " that come in small pieces" : "");
    expect_text(r, io_run_driver(r, &prog), what,
                io_read_full_text(bytes, ask < total ? ask : total, total));
    free(bytes);
}

void read_full_in_pieces(struct gr_run *r)
{
    unsigned n = 100 + gr_random(r, 200);

    try_read_full(r, n, n, true);
    try_read_full(r, n / 2, n, true);
}

void read_full_at_the_end(struct gr_run *r)
{
    try_read_full(r, 10, 0, false);
    try_read_full(r, 10, 7, false);
    try_read_full(r, 50, 21, true);
    try_read_full(r, 0, 5, false);
    try_read_full(r, 8, 20, false);
    try_read_full(r, 200000, 70000 + gr_random(r, 1000), false);
}

/* Nothing to write: nothing is written, and that is no failure. */
static void write_nothing(struct gr_run *r)
{
    static const char *const argv[] = {"io_driver", "write_full", "0", "1", NULL};
    struct gr_proc *p = io_run_driver(r, &(struct gr_prog){.argv = argv});
    const char *got;

    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, "");
    got = gr_buf_text(&p->errbuf);
    gr_expect(r, strncmp(got, "ret 0 errno -\n", 14) == 0,
              "write_full(1, buf, 0) should write nothing and return 0; the driver saw: %.*s",
              (int)strcspn(got, "\n"), got);
}

/* A write() that waits for room in a full pipe is cut short by a handler after 64 KiB, and again,
 * with nothing written, while it waits for the rest. A handler being there, others are cut, too. */
static void write_much(struct gr_run *r)
{
    unsigned n = 150000 + gr_random(r, 50000), seed = gr_random(r, 1u << 30);
    char number[16], seed_text[16], want[64];
    const char *argv[] = {"io_driver", "--sigusr1", "write_full", number, seed_text, NULL};
    const struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 33, .eintr = 20};
    struct gr_prog prog = {.argv = argv, .hold_output = true, .inject = &in};
    char *bytes = seeded_bytes(n, seed);
    struct gr_proc *p;

    snprintf(number, sizeof number, "%u", n);
    snprintf(seed_text, sizeof seed_text, "%u", seed);
    snprintf(want, sizeof want, "ret %u errno -", n);
    p = io_run_driver(r, &prog);
    gr_wait_line(p, true, "READY");
    for (int i = 0; i < 2 && gr_wait_asleep(p); i++)
        gr_signal(p, SIGUSR1);
    gr_release_output(p);
    gr_expect_exit(r, p, 0);
    gr_expect_bytes_because(
        r, "what write_full(1, buf, n) wrote, after a signal had cut its write() short,",
        gr_buf_text(&p->outbuf), p->outbuf.len, bytes, n,
        p->outbuf.len > n ? "io.c must print nothing, and write_full write each byte once" : NULL);
    gr_expect(r, strstr(gr_buf_text(&p->errbuf), want) != NULL,
              "write_full should return n = %u; the driver saw: %.60s", n,
              strchr(gr_buf_text(&p->errbuf), '\n') ? strchr(gr_buf_text(&p->errbuf), '\n') + 1
                                                    : "");
    gr_expect(r, strstr(gr_buf_text(&p->errbuf), "buffer unchanged") != NULL,
              "write_full changed the caller's buffer");
    free(bytes);
}

void write_full_cut_short(struct gr_run *r)
{
    write_nothing(r);
    write_much(r);
}

static void try_read_lines(struct gr_run *r, const char *text, size_t len, unsigned cap,
                           bool trickle)
{
    char number[16], what[96];
    const char *argv[] = {"io_driver", "read_lines", number, NULL};
    struct gr_prog prog = {
        .argv = argv, .input = len ? text : NULL, .input_len = len, .trickle = trickle};

    snprintf(number, sizeof number, "%u", cap);
    snprintf(what, sizeof what, "read_line(0, buf, %u), call after call%s", cap,
             trickle ? ", the input coming in small pieces" : "");
    expect_text(r, io_run_driver(r, &prog), what, io_read_lines_text(text, len, cap));
}

/* One line only, then the driver itself reads on: it must find all that follows the line. */
static void line_takes_nothing_beyond(struct gr_run *r)
{
    static const char text[] = "first\nsecond\nthird";
    static const char *const argv[] = {"io_driver", "--lines", "1", "read_lines", "100", NULL};
    struct gr_prog prog = {.argv = argv, .input = text};

    expect_text(r, io_run_driver(r, &prog),
                "one read_line(0, buf, 100), and then what is left for others to read",
                io_first_line_text(text));
}

void read_line_pieces(struct gr_run *r)
{
    static const char mixed[] = "one\n\ntwo words\n\nlast without end";
    static const char zero[] = "a\0b\nc\xff\n";
    char longer[200];

    memset(longer, 'x', sizeof longer);
    longer[120 + gr_random(r, 60)] = '\n';
    line_takes_nothing_beyond(r);
    try_read_lines(r, "", 0, 16, false);
    try_read_lines(r, mixed, strlen(mixed), 64, false);
    try_read_lines(r, mixed, strlen(mixed), 64, true);
    try_read_lines(r, zero, sizeof zero - 1, 64, false);
    try_read_lines(r, longer, sizeof longer, 16 + gr_random(r, 16), false);
    try_read_lines(r, "ab\nc", 4, 2, false);
}

/* Wait until @p blocks in read(0), then let a handler run there. Twice, with bytes between. And
 * beside it, EINTR injected into two of five reads. */
static void interrupt_reader(struct gr_run *r, const char *const *argv, const char *text,
                             const char *what, char *want)
{
    const struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 20, .eintr = 40};
    struct gr_prog prog = {.argv = argv, .keep_input = true, .inject = &in};
    struct gr_proc *p = io_run_driver(r, &prog);
    size_t half = strlen(text) / 2;

    gr_wait_line(p, true, "READY");
    if (gr_wait_asleep(p))
        gr_signal(p, SIGUSR1);
    gr_send(p, text, half);
    if (gr_wait_asleep(p))
        gr_signal(p, SIGUSR1);
    gr_send(p, text + half, strlen(text) - half);
    gr_close_input(p);
    gr_wait_exit(p);
    gr_expect_going(r);
    /* How often the handler ran is not the student's: leave it out. */
    p->outbuf.len = (size_t)(strstr(gr_buf_text(&p->outbuf), "signals ")
                                 ? strstr(gr_buf_text(&p->outbuf), "signals ") - p->outbuf.data
                                 : (long)p->outbuf.len);
    if (p->outbuf.data)
        p->outbuf.data[p->outbuf.len] = '\0';
    expect_lines(r, p, what, want);
    free(want);
}

void io_survives_signals(struct gr_run *r)
{
    static const char *const full[] = {"io_driver", "--sigusr1", "read_full", "100", NULL};
    static const char *const lines[] = {"io_driver", "--sigusr1", "read_lines", "80", NULL};
    char text[101];

    for (size_t i = 0; i < 100; i++)
        text[i] = (char)('a' + gr_random(r, 26));
    text[100] = '\0';
    interrupt_reader(r, full, text,
                     "the result of read_full(0, buf, 100), interrupted twice while it waits,",
                     io_read_full_text(text, 100, 100));
    text[49] = text[99] = '\n';
    text[60] = '\n';
    interrupt_reader(r, lines, text,
                     "the result of read_line(0, buf, 80), interrupted twice while it waits,",
                     io_read_lines_text(text, 100, 80));
}

/* Three programs at once, each with a buffer of exactly the size asked for. */
void io_uses_memory_well(struct gr_run *r)
{
    static const char *const argv[][6] = {
        {"io_driver", "--exact", "read_full", "300", NULL},
        {"io_driver", "--exact", "read_lines", "16", NULL},
        {"io_driver", "--exact", "write_full", "5000", "7", NULL},
    };
    static const char text[] = "a line\nand one that does not fit into sixteen bytes\n\nend";
    struct gr_proc *p[3];

    for (size_t i = 0; i < 3; i++) {
        struct gr_prog prog = {.argv = argv[i], .input = i < 2 ? text : NULL};

        p[i] = io_run_driver(r, &prog);
    }
    for (size_t i = 3; i-- > 0;) /* the first one last: what is said then is about it */
        gr_expect_exit(r, p[i], 0);
    gr_expect(r, strncmp(gr_buf_text(&p[0]->outbuf), "ret 56 ", 7) == 0,
              "read_full(0, buf, 300) on 56 bytes should return 56; the driver saw: %.30s",
              gr_buf_text(&p[0]->outbuf));
}

void io_keeps_no_descriptor(struct gr_run *r)
{
    static const char *const argv[][6] = {
        {"io_driver", "--fds", "read_full", "5", NULL},
        {"io_driver", "--fds", "read_lines", "16", NULL},
        {"io_driver", "--fds", "write_full", "50", "7", NULL},
    };

    for (size_t i = 0; i < 3; i++) {
        struct gr_prog prog = {.argv = argv[i], .input = i < 2 ? "hello\nworld\n" : NULL};
        struct gr_proc *p = io_run_driver(r, &prog);
        const char *text, *fds;

        gr_expect_exit(r, p, 0);
        text = gr_buf_text(i < 2 ? &p->outbuf : &p->errbuf);
        fds = strstr(text, "fds ");
        gr_expect(r, fds && strcmp(fds, "fds 0 1 2\n") == 0,
                  "after %s the program has these descriptors open: %s", argv[i][2],
                  fds ? fds + 4 : "(it did not say)");
        gr_expect(r, strstr(text, "ret -1") == NULL && strstr(text, "ret ") != NULL,
                  "%s failed: %.40s", argv[i][2], text);
    }
}
