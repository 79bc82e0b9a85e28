/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5B: scenarios for `rsend` and `rrecv`. */
#include "05_shared_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Lines of 0 to @max letters. The caller frees them. */
static char *lines(struct gr_run *r, unsigned n, unsigned max)
{
    struct gr_buf b = {.cap = 1 << 20};

    gr_buf_add(&b, "", 0);
    for (unsigned i = 0; i < n; i++) {
        unsigned len = gr_random(r, max + 1);

        for (unsigned k = 0; k < len; k++)
            gr_buf_add(&b, &(char){(char)('a' + gr_random(r, 26))}, 1);
        gr_buf_add(&b, "\n", 1);
    }
    return b.data;
}

static struct gr_proc *start_rsend(struct gr_run *r, const char *name, const char *size,
                                   const char *input, bool keep)
{
    const char *argv[] = {"rsend", name, size, NULL};
    struct gr_prog prog = {.argv = argv, .input = input, .keep_input = keep};
    struct gr_proc *p = gr_run_prog(r, &prog);

    gr_wait_line(p, false, "READY");
    gr_expect_going(r);
    return p;
}

static struct gr_proc *start_rrecv(struct gr_run *r, const char *name, int out)
{
    const char *argv[] = {"rrecv", name, NULL};
    struct gr_prog prog = {.argv = argv, .stdout_fd = out};

    if (out > 0)
        prog.stdout_word = "/dev/full";
    return gr_run_prog(r, &prog);
}

static void expect_end(struct gr_run *r, struct gr_proc *send, struct gr_proc *recv,
                       const char *want)
{
    gr_wait_exit(send);
    gr_wait_exit(recv);
    gr_expect_going(r);
    /* First who failed first: a receiver that gives up takes the sender along, by EPIPE. */
    gr_expect_exit(r, recv, 0);
    if (strstr(gr_buf_text(&send->errbuf), strerror(EPIPE)))
        gr_expect_out(r, recv, want);
    gr_expect_exit(r, send, 0);
    gr_expect_out(r, send, "READY\n");
    gr_expect_out(r, recv, want);
}

static void pass(struct gr_run *r, const char *size, const char *input, const char *want)
{
    char name[NAME_LEN];
    struct gr_proc *send;

    new_name(r, name);
    send = start_rsend(r, name, size, input, false);
    expect_end(r, send, start_rrecv(r, name, 0), want);
}

/* Each line comes out before the next one is sent. */
static void dialogue(struct gr_run *r)
{
    char name[NAME_LEN];
    struct gr_proc *send, *recv;

    new_name(r, name);
    send = start_rsend(r, name, "256", NULL, true);
    recv = start_rrecv(r, name, 0);
    for (size_t n = 1; n <= 3; n++) {
        gr_send(send, "x\n", 2);
        gr_wait_bytes(recv, 2 * n);
        gr_expect_going(r);
    }
    gr_close_input(send);
    expect_end(r, send, recv, "x\nx\nx\n");
}

/* The sender is long gone when the receiver comes. */
static void afterwards(struct gr_run *r)
{
    const struct gr_inject in = {.trace = "sleep,usleep,nanosleep,clock_nanosleep"};
    char name[NAME_LEN];
    const char *argv[] = {"rsend", name, "64", NULL};
    struct gr_call c = {.pid = 0};
    struct gr_proc *send;
    size_t at = 0;

    new_name(r, name);
    send = gr_run_prog(
        r, &(struct gr_prog){.argv = argv, .input = "late\n\nbut here\n", .inject = &in});
    gr_expect_exit(r, send, 0);
    while (gr_calls_next(&r->scene->calls, &at, NULL, &c))
        if (c.pid == send->pid && strstr(c.name, "sleep"))
            gr_fail(r, GR_FAIL,
                    "the ring had room for everything, and rsend called %s() before it ended: it "
                    "does not wait for rrecv, which may come much later",
                    c.name);
    expect_end(r, send, start_rrecv(r, name, 0), "late\n\nbut here\n");
}

/* Only the newline is special: each other byte alone in a line, and as its first and its last. */
static void pass_bytes(struct gr_run *r)
{
    static const char alone[] = "a\0b\n\0\nc\n";
    char name[NAME_LEN], input[sizeof alone + (size_t)256 * 6];
    const char *argv[] = {"rsend", name, "64", NULL};
    struct gr_prog prog = {.argv = argv, .input = input};
    struct gr_proc *send, *recv;
    size_t len = sizeof alone - 1;

    memcpy(input, alone, len);
    for (int c = 1; c < 256; c++) {
        const char line[] = {(char)c, '\n', (char)c, '-', (char)c, '\n'};

        memcpy(input + len, line, c == '\n' ? 0 : sizeof line);
        len += c == '\n' ? 0 : sizeof line;
    }
    prog.input_len = len;
    new_name(r, name);
    send = gr_run_prog(r, &prog);
    gr_wait_line(send, false, "READY");
    gr_expect_going(r);
    recv = start_rrecv(r, name, 0);
    gr_expect_exit(r, send, 0);
    gr_wait_exit(recv);
    gr_expect_out_bytes(r, recv, input, len);
    gr_expect_exit(r, recv, 0);
}

/* One line of @len letters. The caller frees it. */
static char *long_line(size_t len)
{
    char *line = gr_xcalloc(1, len + 2);

    memset(line, 'l', len);
    line[len] = '\n';
    return line;
}

/* A pipe that is full. */
static void fill(struct gr_run *r, int fd[2])
{
    static const char zeros[4096];

    if (pipe2(fd, O_CLOEXEC) == -1 || fcntl(fd[1], F_SETFL, O_NONBLOCK) == -1)
        gr_fail(r, GR_INFRA, "pipe2, fcntl: %s", strerror(errno));
    while (write(fd[1], zeros, sizeof zeros) > 0)
        continue;
    if (fcntl(fd[1], F_SETFL, 0) == -1)
        gr_fail(r, GR_INFRA, "fcntl: %s", strerror(errno));
}

/* rsend stands still in the write of READY: what whoever reads that may rely on must be there. */
static void ready_is_true(struct gr_run *r)
{
    char name[NAME_LEN], path[NAME_LEN + 16];
    const char *argv[] = {"rsend", name, "64", NULL};
    uint32_t size = 0;
    struct gr_proc *p;
    int out[2], fd;

    fill(r, out);
    new_name(r, name);
    snprintf(path, sizeof path, "/dev/shm%s", name);
    p = gr_run_prog(r, &(struct gr_prog){.argv = argv,
                                         .stdout_fd = out[1],
                                         .remark = "with a standard output that is full"});
    close(out[1]);
    gr_wait_blocked(p, SYS_write, -1);
    gr_expect_going(r);
    fd = gr_jail_open(r->scene, path, O_RDONLY, 0);
    if (fd == -1 || pread(fd, &size, sizeof size, 0) == -1 || size != 64)
        gr_fail(r, GR_FAIL,
                "rsend prints READY, and ring_init() has not been called yet: an rrecv that is "
                "started now finds no ring");
    close(fd);
    close(out[0]); /* now the write fails */
    gr_wait_exit(p);
    gr_expect_going(r);
}

void rsend_passes_lines(struct gr_run *r)
{
    char *few = lines(r, 20, 12), *many = lines(r, 3000, 200), *big = long_line(100000);

    ready_is_true(r);
    pass(r, "16", few, few);
    pass(r, "256", many, many);
    pass(r, "1048576", many, many);
    pass(r, "1048576", big, big);
    pass_bytes(r);
    pass(r, "64", "no newline at the end", "no newline at the end\n");
    pass(r, "64", NULL, "");
    dialogue(r);
    afterwards(r);
    free(few);
    free(big);
    free(many);
}

/* A line that no ring of this size can hold: what came before it still arrives. */
static void too_long(struct gr_run *r)
{
    char name[NAME_LEN];
    struct gr_proc *send, *recv;

    new_name(r, name);
    send = start_rsend(r, name, "16", NULL, true);
    recv = start_rrecv(r, name, 0);
    gr_send(send, "twelve bytes\n", 13);
    gr_wait_bytes(recv, 13);
    gr_expect_going(r);
    gr_send(send, "thirteen byte\n", 14);
    gr_close_input(send);
    gr_wait_exit(send);
    gr_wait_exit(recv);
    gr_expect_going(r);
    expect_message(r, send);
    gr_expect_out(r, recv, "twelve bytes\n");
    gr_expect_exit(r, recv, 0);
}

/* The receiver cannot write: the sender must not wait for it for ever. */
static void full_disk(struct gr_run *r)
{
    char name[NAME_LEN], *many = lines(r, 200, 12);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct gr_proc *send, *recv;

    if (full == -1)
        gr_fail(r, GR_INFRA, "/dev/full: %s", strerror(errno));
    new_name(r, name);
    send = start_rsend(r, name, "16", many, false);
    recv = start_rrecv(r, name, full);
    close(full);
    gr_wait_exit(recv);
    gr_wait_exit(send);
    gr_expect_going(r);
    expect_reason(r, recv, NULL, ENOSPC);
    expect_reason(r, send, NULL, EPIPE);
    free(many);
}

/* Its standard input cannot be read, or its READY not be written: @in and @out, -1 for neither. */
static void fails_early(struct gr_run *r, const char *path, int flags, int error)
{
    char name[NAME_LEN];
    const char *argv[] = {"rsend", name, "16", NULL};
    int fd = open(path, flags | O_CLOEXEC);
    bool out = flags == O_WRONLY;
    struct gr_proc *p;

    if (fd == -1)
        gr_fail(r, GR_INFRA, "%s: %s", path, strerror(errno));
    new_name(r, name);
    p = gr_run_prog(r, &(struct gr_prog){.argv = argv,
                                         .stdin_fd = out ? 0 : fd,
                                         .stdin_word = path,
                                         .stdout_fd = out ? fd : 0,
                                         .stdout_word = path});
    close(fd);
    expect_reason(r, p, NULL, error);
    expect_gone(r, name,
                out ? "rsend could not write READY" : "rsend could not read its standard input");
}

/* A second one finds the segment of the first. */
static void name_is_taken(struct gr_run *r)
{
    char name[NAME_LEN];
    struct gr_proc *first;

    new_name(r, name);
    first = start_rsend(r, name, "16", NULL, true);
    expect_reason(r, gr_run_args(r, NULL, "rsend", name, "16", NULL), "shm_open", EEXIST);
    expect_still_there(
        r, name,
        "a second rsend found that NAME exists, exited 1, and removed NAME: it belongs to "
        "the first rsend, whose rrecv cannot find it now");
    gr_close_input(first);
    expect_end(r, first, start_rrecv(r, name, 0), "");
}

void rsend_reports_failures(struct gr_run *r)
{
    static const char *const bad[][5] = {
        {"rsend", "/a", NULL},
        {"rsend", "/a", "24", NULL},
        {"rsend", "/a", "8", NULL},
        {"rsend", "/a", "-16", NULL},
        {"rsend", "/a", "16x", NULL},
        {"rsend", "/a", "", NULL},
        {"rsend", "/a", "16", "1"},
        {"rsend", "/a", "2097152", NULL},
        {"rrecv", NULL},
        {"rrecv", "/a", "/b", NULL},
        {"rsend", "/a", "+16", NULL},
        {"rsend", "/a", " 16", NULL},
        {"rsend", "/a", "4294967312", NULL}, /* 2^32 + 16, 2^64 + 16 */
        {"rsend", "/a", "18446744073709551632", NULL},
    };
    char name[NAME_LEN];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    new_name(r, name);
    expect_reason(r, start_rrecv(r, name, 0), "shm_open", ENOENT);
    name_is_taken(r);
    too_long(r);
    full_disk(r);
    fails_early(r, "/", O_RDONLY | O_DIRECTORY, EISDIR);
    fails_early(r, "/dev/full", O_WRONLY, ENOSPC);
}

void rsend_memory(struct gr_run *r)
{
    char *some = lines(r, 40, 60);

    pass(r, "64", some, some);
    free(some);
}

/* It has made the segment, and cannot go on. */
static void cannot_make(struct gr_run *r, const char *call, int error, const char *rule)
{
    const char *const rules[] = {rule, NULL};
    const struct gr_inject in = {.rules = rules};
    char name[NAME_LEN], after[48];
    const char *argv[] = {"rsend", name, "16", NULL};
    struct gr_proc *p;

    new_name(r, name);
    p = gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = &in});
    snprintf(after, sizeof after, "rsend failed in %s", call);
    if (expect_fault(r, p, call, error))
        expect_gone(r, name, after);
    else /* it had nothing to send */
        expect_end(r, p, start_rrecv(r, name, 0), "");
}

/* The sender ended well long ago, so nobody but this receiver can remove the name. */
static void cannot_print_what_is_left(struct gr_run *r)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct gr_proc *send;
    char name[NAME_LEN];

    if (full == -1)
        gr_fail(r, GR_INFRA, "/dev/full: %s", strerror(errno));
    new_name(r, name);
    send = start_rsend(r, name, "64", "one\ntwo\n", false);
    gr_expect_exit(r, send, 0);
    expect_reason(r, start_rrecv(r, name, full), NULL, ENOSPC);
    close(full);
    expect_gone(r, name, "rsend had ended, and rrecv could not print the records");
}

void rsend_leaves_nothing(struct gr_run *r)
{
    char name[NAME_LEN];
    struct gr_proc *send, *recv;

    new_name(r, name);
    send = start_rsend(r, name, "16", NULL, true);
    expect_private_segment(r, name);
    recv = start_rrecv(r, name, 0);
    gr_wait_asleep(recv);
    gr_expect_going(r);
    gr_expect_no_spin(r, recv);
    gr_close_input(send);
    expect_end(r, send, recv, "");
    afterwards(r);
    full_disk(r);
    cannot_print_what_is_left(r);
    cannot_make(r, "ftruncate", EIO, "fail=ftruncate:1:EIO");
    cannot_make(r, "mmap", ENOMEM, "fail=mmap:1:ENOMEM");
}
