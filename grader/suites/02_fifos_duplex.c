/* SPDX-License-Identifier: MIT */
/* Lab 02, part 2C: two duplex at each other, or one at the suite. */
#include "02_fifos.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MIB = 1 << 20, MUCH = 4 * MIB, ROOM = MUCH + MIB };

static const struct gr_prog fed = {.keep_input = true};

void make_duplex_fifos(struct gr_run *r)
{
    if (gr_jail_mkfifo(gr_scene(r), "one", 0600) == -1 ||
        gr_jail_mkfifo(gr_scene(r), "two", 0600) == -1)
        gr_fail(r, GR_INFRA, "cannot make a FIFO in the jail: %s", strerror(errno));
}

void remove_duplex_fifos(struct gr_run *r)
{
    struct stat st;

    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "one" : "two";

        gr_expect(r, gr_jail_stat(r->scene, name, &st) == 0 && S_ISFIFO(st.st_mode),
                  "duplex removed the FIFO %s, which it did not make", name);
        gr_expect(r, (st.st_mode & 07777) == 0600, "duplex changed the mode of the FIFO %s", name);
        gr_jail_unlink(r->scene, name);
    }
}

struct gr_proc *start_duplex(struct gr_run *r, const char *out, const char *in, struct gr_prog prog)
{
    const char *argv[] = {"duplex", out, in, NULL};

    prog.argv = argv;
    prog.output_cap = ROOM;
    return gr_run_prog(r, &prog);
}

static void expect_all(struct gr_run *r, struct gr_proc *p, const char *want, size_t len)
{
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_bytes(r, "stdout", gr_buf_text(&p->outbuf), p->outbuf.len, want, len);
    gr_expect_exit(r, p, 0);
}

/* Each of the two is once the first: it waits in whatever call it likes until its peer comes. */
static void expect_meeting(struct gr_run *r, const char *first, const char *second)
{
    struct gr_proc *a = start_duplex(r, first, second, (struct gr_prog){.input = "from a\n"}), *b;

    gr_wait_idle(r->scene);
    gr_expect_going(r);
    gr_expect(r, !a->ended,
              "duplex ended while its peer had not come yet. The first of the two must wait: "
              "read() returns 0 before a writer has come, too. It said: %.200s",
              gr_buf_text(&a->errbuf));
    b = start_duplex(r, second, first, (struct gr_prog){.input = "from b\n"});
    expect_all(r, b, "from a\n", 7);
    expect_all(r, a, "from b\n", 7);
}

/* Half a line, as a prompt is; and then bytes that are no text. Of @to's output @seen is known. */
static void expect_any_bytes(struct gr_run *r, struct gr_proc *from, struct gr_proc *to,
                             size_t seen)
{
    char bytes[256];
    bool came;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(255 - i);
    gr_send(from, "name? ", 6);
    expect_came(
        r, gr_wait_bytes(to, seen + 6),
        "`name? `, without a newline, went into one duplex, and did not come out of the "
        "other: pass on what has come, whatever it is. Who waits for a whole line (getline, "
        "fgets) keeps back a prompt");
    gr_send(from, bytes, sizeof bytes);
    came = gr_wait_bytes(to, seen + 6 + sizeof bytes);
    expect_came(r, came,
                "256 bytes, from 255 down to 0, went into one duplex, and only %zu came out of the "
                "other: any byte may come. A zero ends no data (strlen, %%s and fputs believe it), "
                "and 255 in a char is no EOF",
                to->outbuf.len - seen - 6);
    gr_expect_bytes(r, "what came of 256 bytes, from 255 down to 0,",
                    gr_buf_text(&to->outbuf) + seen + 6, to->outbuf.len - seen - 6, bytes,
                    sizeof bytes);
}

/* What goes in comes out on the other side at once, and not at the end. */
void duplex_passes_lines_at_once(struct gr_run *r)
{
    static const char stays[] =
        "a line went into one duplex, and did not come out of the other: pass on what comes at "
        "once (stdio keeps it until its buffer is full; fflush() sends it)";
    struct gr_prog prog = {.keep_input = true};
    struct gr_proc *a, *b;

    make_duplex_fifos(r);
    a = start_duplex(r, "one", "two", prog);
    b = start_duplex(r, "two", "one", prog);
    for (size_t n = 1; n <= 3; n++) {
        gr_send(a, "ping\n", 5);
        expect_came(r, gr_wait_bytes(b, 5 * n), "%s", stays);
        gr_send(b, "pong\n", 5);
        expect_came(r, gr_wait_bytes(a, 5 * n), "%s", stays);
    }
    gr_expect_bytes(r, "stdout", gr_buf_text(&a->outbuf), a->outbuf.len, "pong\npong\npong\n", 15);
    gr_expect_bytes(r, "stdout", gr_buf_text(&b->outbuf), b->outbuf.len, "ping\nping\nping\n", 15);
    expect_any_bytes(r, a, b, 15);
    expect_any_bytes(r, b, a, 15);
    gr_close_input(a);
    gr_close_input(b);
    gr_expect_exit(r, a, 0);
    gr_expect_exit(r, b, 0);
    remove_duplex_fifos(r);
}

static char *text(struct gr_run *r, size_t n)
{
    char *p = gr_xcalloc(1, n + 1);

    for (size_t i = 0; i < n; i++)
        p[i] = (char)(i % 60 == 59 ? '\n' : 'a' + (int)gr_random(r, 26));
    return p;
}

static void expect_exchange(struct gr_run *r, size_t na, size_t nb, struct gr_prog prog)
{
    char *from_a = text(r, na), *from_b = text(r, nb);
    struct gr_proc *a, *b;

    prog.input = from_a;
    prog.input_len = na;
    a = start_duplex(r, "one", "two", prog);
    prog.input = from_b;
    prog.input_len = nb;
    b = start_duplex(r, "two", "one", prog);
    expect_all(r, a, from_b, nb);
    expect_all(r, b, from_a, na);
    free(from_a);
    free(from_b);
}

struct gr_proc *start_at_raw_peer(struct gr_run *r, struct gr_prog prog, int *rfd, int *wfd)
{
    struct gr_proc *p;

    make_duplex_fifos(r);
    *rfd = gr_jail_open(r->scene, "one", O_RDONLY, 0);
    if (*rfd == -1)
        gr_fail(r, GR_INFRA, "cannot open a FIFO of the jail: %s", strerror(errno));
    p = start_duplex(r, "one", "two", prog);
    gr_wait_idle(r->scene); /* its OUT has a reader, and its IN no writer yet */
    *wfd = gr_wait_writer(r->scene, "two");
    expect_came(r, *wfd != -1,
                "duplex does not have its IN open. (read() in O_NONBLOCK mode returns 0 while no "
                "writer has come: that is not the end of IN.) It said: %.200s",
                gr_buf_text(&p->errbuf));
    return p;
}

/* The peer has opened its IN, and takes its time with the other one. */
static void expect_slow_peer(struct gr_run *r)
{
    struct gr_proc *p;
    int rfd, wfd;

    p = start_at_raw_peer(r, fed, &rfd, &wfd);
    gr_expect(r, gr_put_fd(r->scene, wfd, "here\n", 5), "duplex does not read IN");
    close(wfd);
    gr_close_input(p);
    expect_all(r, p, "here\n", 5);
    close(rfd);
    remove_duplex_fifos(r);
}

void duplex_meets_its_peer(struct gr_run *r)
{
    expect_slow_peer(r);
    make_duplex_fifos(r);
    expect_meeting(r, "one", "two");
    remove_duplex_fifos(r);
    make_duplex_fifos(r);
    expect_meeting(r, "two", "one");
    remove_duplex_fifos(r);
}

/* Nobody reads OUT, and there is more for it than a FIFO holds: IN must come through all the same.
 */
static void expect_way_back(struct gr_run *r)
{
    struct gr_buf b = {.cap = ROOM};
    char *data = text(r, MIB);
    struct gr_proc *p;
    int rfd, wfd;

    p = start_at_raw_peer(r, fed, &rfd, &wfd);
    if (fcntl(rfd, F_SETPIPE_SZ, 2 * (int)sysconf(_SC_PAGESIZE)) == -1)
        gr_fail(r, GR_INFRA, "cannot make a FIFO of the jail smaller: %s", strerror(errno));
    gr_send(p, data, MIB);
    gr_wait_idle(r->scene);
    gr_expect_going(r);
    gr_expect(r, gr_put_fd(r->scene, wfd, "back\n", 5), "duplex does not read IN");
    expect_came(r, gr_wait_bytes(p, 5),
                "OUT was full, and what came out of IN was not printed: whoever waits in write() "
                "serves nobody");
    gr_close_input(p);
    expect_came(r, gr_wait_fd_end(r->scene, rfd, &b), "OUT does not come to its end");
    close(wfd);
    expect_all(r, p, "back\n", 5);
    gr_expect_bytes(r, "what came out of OUT", gr_buf_text(&b), b.len, data, MIB);
    close(rfd);
    gr_buf_release(&b);
    free(data);
    remove_duplex_fifos(r);
}

void duplex_carries_much(struct gr_run *r)
{
    make_duplex_fifos(r);
    expect_exchange(r, MUCH + gr_random(r, MIB / 2), MUCH + gr_random(r, MIB / 2),
                    (struct gr_prog){0});
    expect_exchange(r, 1, MIB, (struct gr_prog){0});
    remove_duplex_fifos(r);
    expect_way_back(r);
}

/* Own input at its end: OUT ends, and IN goes on. */
static void expect_half_close(struct gr_run *r)
{
    struct gr_buf b = {.cap = 4096};
    struct gr_proc *p;
    int rfd, wfd;

    p = start_at_raw_peer(r, fed, &rfd, &wfd);
    gr_send(p, "last\n", 5);
    gr_close_input(p);
    expect_came(r, gr_wait_fd_line(r->scene, rfd, &b, 0), "nothing came out of OUT");
    expect_came(r, gr_wait_fd_end(r->scene, rfd, &b),
                "at the end of its own input duplex must close OUT, and did not");
    gr_expect_bytes(r, "what came out of OUT", gr_buf_text(&b), b.len, "last\n", 5);
    gr_expect_no_spin(r, p);
    gr_expect(r, !p->ended, "duplex ended at the end of its own input, though IN goes on");
    gr_expect(r, gr_put_fd(r->scene, wfd, "more\n", 5), "duplex does not read IN any more");
    close(wfd);
    expect_all(r, p, "more\n", 5);
    close(rfd);
    gr_buf_release(&b);
    remove_duplex_fifos(r);
}

/* IN at its end: own input still goes to OUT, and poll() must not be asked about IN again. */
static bool expect_other_half_close(struct gr_run *r)
{
    struct gr_buf b = {.cap = 4096};
    struct gr_proc *p;
    int rfd, wfd;

    p = start_at_raw_peer(r, fed, &rfd, &wfd);
    gr_expect(r, gr_put_fd(r->scene, wfd, "bye\n", 4), "duplex does not read IN");
    close(wfd);
    expect_came(r, gr_wait_bytes(p, 4), "what came out of IN was not printed");
    if (!gr_expect_no_spin(r, p))
        return false;
    gr_expect(r, !p->ended, "duplex ended at the end of IN, though its own input goes on");
    gr_send(p, "still here\n", 11);
    expect_came(r, gr_wait_fd_line(r->scene, rfd, &b, 0), "nothing came out of OUT");
    gr_expect_bytes(r, "what came out of OUT", gr_buf_text(&b), b.len, "still here\n", 11);
    gr_close_input(p);
    expect_came(r, gr_wait_exit(p), "IN and own input are at their end, and duplex does not end");
    expect_all(r, p, "bye\n", 4);
    close(rfd);
    gr_buf_release(&b);
    remove_duplex_fifos(r);
    return true;
}

void duplex_closes_by_halves(struct gr_run *r)
{
    if (expect_other_half_close(r))
        expect_half_close(r);
}

/* The other FIFO is there, and nobody will ever come to it. */
static void expect_missing_fifo(struct gr_run *r, const char *out, const char *in,
                                const char *which)
{
    char *why = gr_xasprintf("%s is not there", which);
    struct gr_proc *p;

    make_duplex_fifos(r);
    p = gr_run_args(r, NULL, "duplex", out, in, NULL);
    expect_came(r, gr_wait_exit(p),
                "%s is not there, and duplex does not end: what waits for the other FIFO must not "
                "keep it (with two processes or threads: one has failed, the other waits in open)",
                which);
    expect_failure(r, p, why);
    remove_duplex_fifos(r);
    free(why);
}

/* The peer is gone, and there is more to send. */
void duplex_reports_trouble(struct gr_run *r)
{
    static const char *const bad[][5] = {
        {"duplex", NULL}, {"duplex", "one", NULL}, {"duplex", "one", "two", "three", NULL}};
    struct gr_buf b = {.cap = 4096};
    struct gr_proc *p;
    int rfd, wfd;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    expect_failure(r, gr_run_args(r, NULL, "duplex", "no-out", "no-in", NULL),
                   "the FIFOs do not exist");
    expect_missing_fifo(r, "one", "no-in", "IN");
    expect_missing_fifo(r, "no-out", "two", "OUT");
    p = start_at_raw_peer(r, fed, &rfd, &wfd);
    gr_send(p, "hello\n", 6);
    expect_came(r, gr_wait_fd_line(r->scene, rfd, &b, 0), "nothing came out of OUT");
    close(rfd);
    gr_send(p, "is anybody there?\n", 18);
    gr_expect(r, gr_put_fd(r->scene, wfd, "last words\n", 11) || p->ended,
              "duplex does not read IN any more");
    close(wfd);
    expect_failure(r, p, "nobody reads OUT any more, and there was more to send");
    gr_expect_out(r, p, "last words\n");
    gr_buf_release(&b);
    remove_duplex_fifos(r);
    expect_failing_output(r);
}

/* The kernel may cut any read of a FIFO, and a write to one in O_NONBLOCK mode. */
void duplex_survives_short_counts(struct gr_run *r)
{
    struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 50, .eagain = 10};

    make_duplex_fifos(r);
    expect_exchange(r, 100000 + gr_random(r, 50000), 70000, (struct gr_prog){.inject = &in});
    remove_duplex_fifos(r);
}

void duplex_memory(struct gr_run *r)
{
    make_duplex_fifos(r);
    expect_exchange(r, 100000, 70000, (struct gr_prog){0});
    remove_duplex_fifos(r);
}
