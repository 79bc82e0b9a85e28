/* SPDX-License-Identifier: MIT */
/* Lab 02, part 2C: standard input and output of duplex, which are not its alone. */
#include "02_fifos.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The text that comes out of IN has nowhere to go. */
static void expect_output_trouble(struct gr_run *r, struct gr_prog prog)
{
    struct gr_proc *p;
    int rfd, wfd;

    p = start_at_raw_peer(r, prog, &rfd, &wfd);
    gr_put_fd(r->scene, wfd, "nowhere to go\n", 14);
    close(wfd);
    expect_failure(r, p, "its standard output cannot be written");
    close(rfd);
    remove_duplex_fifos(r);
}

void expect_failing_output(struct gr_run *r)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC), out[2];

    if (full == -1 || gr_pipe(out) == -1)
        gr_fail(r, GR_INFRA, "/dev/full, or a pipe: %s", strerror(errno));
    close(out[0]);
    expect_output_trouble(r, (struct gr_prog){.stdout_fd = full, .stdout_word = "/dev/full"});
    expect_output_trouble(
        r, (struct gr_prog){.stdout_fd = out[1], .remark = "into a pipe that nobody reads"});
    close(full);
    close(out[1]);
}

/* Pipes of the suite: @theirs are standard input and output of the program, whose flags it shares
 * with us; @ours are the other ends. */
struct own {
    int theirs[2], ours[2], flags[2];
};

static void open_own(struct gr_run *r, struct own *o)
{
    int in[2], out[2];

    if (gr_pipe(in) == -1 || gr_pipe(out) == -1 || fcntl(in[1], F_SETFL, O_NONBLOCK) == -1 ||
        fcntl(out[0], F_SETFL, O_NONBLOCK) == -1)
        gr_fail(r, GR_INFRA, "pipe: %s", strerror(errno));
    *o = (struct own){.theirs = {in[0], out[1]}, .ours = {in[1], out[0]}};
    for (int i = 0; i < 2; i++)
        o->flags[i] = fcntl(o->theirs[i], F_GETFL);
}

static void expect_flags_kept(struct gr_run *r, const struct gr_proc *p, const struct own *o,
                              const char *when)
{
    static const char *const name[] = {"standard input", "standard output"};

    for (int i = 0; i < 2; i++) {
        int now = fcntl(o->theirs[i], F_GETFL);

        if (now == o->flags[i])
            continue;
        remove_duplex_fifos(r); /* they are not the point, and ours */
        r->about = p;
        gr_fail(r, GR_FAIL,
                "the flags of %s (descriptor %d) were 0%o before duplex was started, and %s they "
                "are 0%o%s. They belong to the open file, which the shell and other programs share "
                "with you, and whose next read() or write() would fail then. poll() tells when "
                "descriptor 0 can be read, without O_NONBLOCK",
                name[i], i, (unsigned)o->flags[i], when, (unsigned)now,
                (now & ~o->flags[i]) & O_NONBLOCK ? ": O_NONBLOCK is set" : "");
    }
}

/* Beside the FIFOs, nothing is left but what was there before; meanwhile it slept. */
void duplex_leaves_nothing(struct gr_run *r)
{
    static const char instead[] = "in open(), read() or poll() without a time limit (-1)";
    struct gr_buf out = {.cap = 4096};
    struct gr_proc *a, *b;
    struct own own;

    make_duplex_fifos(r);
    open_own(r, &own);
    a = start_duplex(r, "one", "two",
                     (struct gr_prog){.stdin_fd = own.theirs[0], .stdout_fd = own.theirs[1]});
    expect_sleep(r, a, instead);
    expect_flags_kept(r, a, &own, "while it waits for its peer");
    b = start_duplex(r, "two", "one", (struct gr_prog){.keep_input = true});
    gr_put_fd(r->scene, own.ours[0], "x\n", 2);
    expect_came(r, gr_wait_bytes(b, 2), "a line did not come through");
    gr_send(b, "y\n", 2);
    expect_came(r, gr_wait_fd_line(r->scene, own.ours[1], &out, 0), "a line did not come back");
    if (expect_sleep(r, a, instead))
        expect_sleep(r, b, instead);
    expect_flags_kept(r, a, &own, "while it waits for more");
    close(own.ours[0]);
    gr_close_input(b);
    gr_expect_exit(r, a, 0);
    gr_expect_exit(r, b, 0);
    expect_flags_kept(r, a, &own, "after its end");
    remove_duplex_fifos(r);
}
