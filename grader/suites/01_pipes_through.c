/* SPDX-License-Identifier: MIT */
/* Lab 01, part 1D: scenarios for `through`. */
#include "01_pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MIB = 1 << 20, MUCH = 4 * MIB, ROOM = MUCH + MIB, AHEAD = 64 << 10 };

/* @n bytes of lines of letters, from the seed. The caller frees them. */
static char *text(struct gr_run *r, size_t n)
{
    char *p = gr_xcalloc(1, n + 1);

    for (size_t i = 0; i < n; i++)
        p[i] = (char)(i % 60 == 59 ? '\n' : 'a' + (int)gr_random(r, 26));
    return p;
}

static void expect_same(struct gr_run *r, struct gr_proc *p, const char *want, size_t len)
{
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_out_bytes(r, p, want, len);
    gr_expect_exit(r, p, 0);
}

/* `through cat` gives back its input. */
static void expect_echo(struct gr_run *r, size_t n, struct gr_prog prog)
{
    static const char *const argv[] = {"through", "cat", NULL};
    char *data = text(r, n);
    struct gr_proc *p;

    prog.argv = argv;
    prog.input = n ? data : NULL;
    prog.input_len = n;
    prog.output_cap = ROOM;
    p = gr_run_prog(r, &prog);
    if (prog.hold_output) {
        gr_wait_stuck(r->scene);
        gr_release_output(p);
    }
    expect_same(r, p, data, n);
    free(data);
}

/* Every value a byte can have, and no newline at the end. */
static void expect_all_values(struct gr_run *r)
{
    static const char *const argv[] = {"through", "cat", NULL};
    char data[256];
    struct gr_prog prog = {.argv = argv, .input = data, .input_len = sizeof data};

    for (int i = 0; i < 256; i++)
        data[i] = (char)i;
    expect_same(r, gr_run_prog(r, &prog), data, sizeof data);
}

void through_passes_data(struct gr_run *r)
{
    struct gr_proc *p;

    expect_echo(r, 0, (struct gr_prog){0});
    expect_echo(r, 1, (struct gr_prog){0});
    expect_echo(r, 300 + gr_random(r, 3000), (struct gr_prog){.trickle = true});
    expect_all_values(r);
    p = gr_run_args(r, "b\nc\na\n", "through", "sort", NULL);
    expect_same(r, p, "a\nb\nc\n", 6);
    p = gr_run_args(r, NULL, "through", "sh", "-c", "echo out; echo err >&2", NULL);
    expect_same(r, p, "out\n", 4);
    gr_expect(r, strcmp(gr_buf_text(&p->errbuf), "err\n") == 0,
              "what CMD writes to its standard error should come out of through's, and nothing "
              "else: %.100s",
              gr_buf_text(&p->errbuf));
}

/* A filter that answers each line at once: through may not wait for more before it passes on. */
static void expect_dialogue(struct gr_run *r)
{
    static const char *const argv[] = {"through", "cat", NULL};
    struct gr_prog prog = {.argv = argv, .keep_input = true};
    struct gr_proc *p = gr_run_prog(r, &prog);

    for (size_t n = 1; n <= 3; n++) {
        gr_send(p, "x\n", 2);
        gr_wait_bytes(p, 2 * n);
        gr_expect_going(r);
    }
    gr_close_input(p);
    expect_same(r, p, "x\nx\nx\n", 6);
}

/* What `od -An -v -tx1` makes of @n bytes: three times as much, and a newline after 16. */
static char *dump(const char *data, size_t n, size_t *len)
{
    struct gr_buf b = {.cap = ROOM};
    char hex[4];

    for (size_t i = 0; i < n; i++) {
        snprintf(hex, sizeof hex, " %02x", (unsigned char)data[i]);
        gr_buf_add(&b, hex, 3);
        if (i % 16 == 15 || i == n - 1)
            gr_buf_add(&b, "\n", 1);
    }
    *len = b.len;
    return b.data;
}

/* CMD writes more than it reads: whoever waits in a write to it while its output fills up waits for
 * ever. */
static void expect_more_out_than_in(struct gr_run *r)
{
    static const char *const argv[] = {"through", "od", "-An", "-v", "-tx1", NULL};
    size_t n = MIB + gr_random(r, MIB / 4), len;
    char *data = text(r, n), *want = dump(data, n, &len);
    struct gr_prog prog = {.argv = argv, .input = data, .input_len = n, .output_cap = ROOM};

    expect_same(r, gr_run_prog(r, &prog), want, len);
    free(data);
    free(want);
}

void through_carries_much(struct gr_run *r)
{
    expect_more_out_than_in(r);
    expect_echo(r, MUCH + gr_random(r, MIB / 2), (struct gr_prog){0});
    expect_dialogue(r);
    expect_echo(r, MIB, (struct gr_prog){.hold_output = true});
}

/* CMD only writes. Own input: first empty, then more than CMD will ever take. */
void through_drains_writers(struct gr_run *r)
{
    static const char *const argv[] = {"through", "head", "-c", "4194304", "/dev/zero", NULL};
    static const char *const deaf[] = {"through", "sh", "-c", "exec <&-; head -c 4194304 /dev/zero",
                                       NULL};
    char *zeros = gr_xcalloc(1, MUCH), *much = text(r, MUCH);
    struct gr_prog prog = {.argv = argv, .output_cap = ROOM};

    expect_same(r, gr_run_prog(r, &prog), zeros, MUCH);
    prog.input = much;
    prog.input_len = MUCH;
    expect_same(r, gr_run_prog(r, &prog), zeros, MUCH);
    prog.argv = deaf;
    expect_same(r, gr_run_prog(r, &prog), zeros, MUCH);
    free(zeros);
    free(much);
}

/* `sleep`-like CMDs are ended by a word in a FIFO, so that nothing depends on time. */
static struct gr_proc *start_waiting(struct gr_run *r, const char *script, struct gr_prog prog,
                                     int *door)
{
    const char *argv[] = {"through", "sh", "-c", script, NULL};
    struct gr_proc *p;

    if (gr_jail_mkfifo(gr_scene(r), "door", 0600) == -1 ||
        (*door = gr_jail_open(gr_scene(r), "door", O_RDWR, 0)) == -1)
        gr_fail(r, GR_INFRA, "cannot make a FIFO in the jail: %s", strerror(errno));
    prog.argv = argv;
    prog.remark = "door is a FIFO";
    p = gr_run_prog(r, &prog);
    gr_wait_line(p, false, "here");
    gr_expect_going(r);
    return p;
}

/* Say the word, and wait for the end; the next one gets a door of its own. It stays open until
 * then: what was said into it would be lost if the script had not come to it yet. */
static void end_waiting(struct gr_run *r, struct gr_proc *p, int door)
{
    if (gr_write_all(door, "go\n", 3) == -1)
        gr_fail(r, GR_INFRA, "cannot write into a FIFO of the jail: %s", strerror(errno));
    expect_same(r, p, "here\n", 5);
    close(door);
    if (gr_jail_unlink(r->scene, "door") == -1)
        gr_fail(r, GR_INFRA, "cannot remove a FIFO of the jail: %s", strerror(errno));
}

/* CMD has closed its input and lives on. Then much input comes: it stays where it is, but for one
 * read that through may make before it notices. A pipe holds AHEAD bytes, so a through that keeps
 * CMD's read end open itself, and so fills that pipe, takes more. */
static void expect_rest_left(struct gr_run *r, const char *much)
{
    int door, waiting = 0;
    struct gr_proc *p = start_waiting(r, "exec <&-; echo here; read word <door",
                                      (struct gr_prog){.keep_input = true}, &door);
    size_t sent = (size_t)4 * AHEAD, taken;

    gr_send(p, much, sent);
    gr_wait_stuck(r->scene);
    gr_expect_going(r);
    if (p->in != -1 && ioctl(p->in, FIONREAD, &waiting) == -1)
        gr_fail(r, GR_INFRA, "ioctl(FIONREAD): %s", strerror(errno));
    /* It may also have closed its own input: then it took nothing any more. */
    taken = p->in != -1 ? sent - p->feed_len - (size_t)waiting : 0;
    gr_expect(r, taken <= AHEAD,
              "CMD had closed its input, and through still took %zu bytes of its own input. What "
              "CMD will not read belongs to whoever reads there next: a write to CMD's pipe must "
              "bring EPIPE (does through itself keep the read end open?), and then it reads no "
              "more (at most %d bytes that it had begun with)",
              taken, AHEAD);
    gr_close_input(p);
    end_waiting(r, p, door);
}

/* CMD's output is at its end, but CMD still reads: it gets all there is. */
static void expect_fed_to_the_end(struct gr_run *r, const char *much)
{
    static const char *const argv[] = {"through", "sh", "-c", "exec >&-; wc -c >&2", NULL};
    size_t n = MIB + gr_random(r, MIB);
    struct gr_prog prog = {.argv = argv, .input = much, .input_len = n};
    struct gr_proc *p = gr_run_prog(r, &prog);

    expect_same(r, p, "", 0);
    gr_expect(r, strtoull(gr_buf_text(&p->errbuf), NULL, 10) == n,
              "CMD had closed its output and went on reading; of %zu bytes of input it got %.*s. "
              "The end of one direction is not the end of the other",
              n, (int)strcspn(gr_buf_text(&p->errbuf), "\n"), gr_buf_text(&p->errbuf));
}

/* Own input that cannot be read: a failure, and no more input for CMD, which must end. */
static void expect_bad_input(struct gr_run *r)
{
    static const char *const argv[] = {"through", "cat", NULL};
    int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct gr_proc *p;

    if (dir == -1)
        gr_fail(r, GR_INFRA, "/: %s", strerror(errno));
    p = gr_run_prog(r, &(struct gr_prog){.argv = argv, .stdin_fd = dir, .stdin_word = "/"});
    close(dir);
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect(r, p->status != 0,
              "own input is a directory, so read() fails with EISDIR: that is not the end of the "
              "input. through should say `through: read: reason` and end with exit status 1; it "
              "ended with 0");
    gr_expect_trouble(r, p);
}

/* CMD reads nothing, or stops early; through has more for it, or its own input stays silent. */
void through_stops_feeding(struct gr_run *r)
{
    static const char *const none[] = {"through", "true", NULL};
    static const char *const some[] = {"through", "head", "-c", "10", NULL};
    char *much = text(r, MUCH);
    struct gr_prog prog = {.argv = none, .input = much, .input_len = MUCH};

    expect_same(r, gr_run_prog(r, &prog), "", 0);
    prog.argv = some;
    expect_same(r, gr_run_prog(r, &prog), much, 10);
    expect_same(r, gr_run_prog(r, &(struct gr_prog){.argv = none, .keep_input = true}), "", 0);
    expect_rest_left(r, much);
    expect_fed_to_the_end(r, much);
    expect_bad_input(r);
    free(much);
}

/* The kernel may cut any read of a pipe, a write to a pipe in O_NONBLOCK mode, and one to a stream
 * socket, which standard output is here. Once it cuts all it can, so that with any seed a large
 * write is among them; once half, and says "not now" (three times in a row, at most) before each
 * write to CMD goes through. */
void through_survives_short_counts(struct gr_run *r)
{
    static const struct gr_inject all = {.cut = 100}, half = {.cut = 50, .eagain = 100};
    struct gr_inject in[] = {all, half};

    for (size_t i = 0; i < sizeof in / sizeof *in; i++) {
        in[i].seed = gr_random(r, UINT_MAX);
        expect_echo(
            r, 100000 + gr_random(r, 50000),
            (struct gr_prog){.inject = &in[i], .stdout_socket = true, .remark = "into a socket"});
    }
}

static void expect_quiet(struct gr_run *r, const char *script, struct gr_prog prog)
{
    int door;
    struct gr_proc *p = start_waiting(r, script, prog, &door);

    if (!gr_expect_no_spin(r, p))
        gr_leave(r);
    end_waiting(r, p, door);
}

/* Nothing moves: own input is silent, or at its end, or endless; CMD is silent, or has closed its
 * input, or its output. */
void through_waits_quietly(struct gr_run *r)
{
    int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    static const char *const script[] = {"exec <&-; echo here; read word <door",
                                         "echo here; read word <door"};

    for (size_t i = 0; i < 4; i++) {
        expect_quiet(r, script[i / 2], (struct gr_prog){.keep_input = i % 2 == 0});
    }
    expect_quiet(r, "echo here; exec >&-; read word <door", (struct gr_prog){.keep_input = true});
    if (zero == -1)
        gr_fail(r, GR_INFRA, "/dev/zero: %s", strerror(errno));
    expect_quiet(r, script[1], (struct gr_prog){.stdin_fd = zero, .stdin_word = "/dev/zero"});
    close(zero);
}

void through_memory(struct gr_run *r)
{
    char *data = text(r, 150000);
    struct gr_prog prog = {
        .argv = (const char *const[]){"through", "cat", NULL}, .input = data, .input_len = 150000};

    expect_same(r, gr_run_prog(r, &prog), data, 150000);
    gr_expect_exit(r, gr_run_args(r, "unread\n", "through", "no-such-command", NULL), 127);
    free(data);
}

/* CMD's own descriptors; and a reader of stdout that goes away: CMD must not stay behind. */
void through_leaves_nothing(struct gr_run *r)
{
    static const char *const yes[] = {"through", "yes", NULL};
    struct gr_prog prog = {.argv = yes};
    struct gr_proc *p;
    int out[2];

    gr_expect_probe(r, gr_run_args(r, NULL, "through", "fdprobe", "CMD", NULL), "CMD");
    if (gr_pipe(out) == -1)
        gr_fail(r, GR_INFRA, "pipe: %s", strerror(errno));
    close(out[0]);
    prog.stdout_fd = out[1];
    prog.remark = "into a pipe that nobody reads";
    p = gr_run_prog(r, &prog);
    close(out[1]);
    gr_wait_exit(p);
    gr_expect_going(r);
}
