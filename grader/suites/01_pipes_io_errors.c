/* SPDX-License-Identifier: MIT */
/* Lab 01, part 1A: what the functions of `io.c` do when a call fails. */
#include "01_pipes.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whoever calls io.c decides what is told to people: on stderr, too, there is only the driver. */
static void expect_no_words(struct gr_run *r, struct gr_proc *p)
{
    const char *line = gr_buf_text(&p->errbuf);

    r->about = p;
    while (io_line_is_ours(line) && *line)
        line += strcspn(line, "\n") + (strchr(line, '\n') != NULL);
    gr_expect(r, *line == '\0', "io.c must print nothing; it printed: %.*s",
              (int)strcspn(line, "\n"), line);
}

static void expect_errno(struct gr_run *r, const char *const *argv, int stdout_fd, bool on_stderr,
                         const char *call, const char *name)
{
    struct gr_prog prog = {.argv = argv, .stdout_fd = stdout_fd};
    struct gr_proc *p = io_run_driver(r, &prog);
    char want[64];
    const char *got;

    gr_expect_exit(r, p, 0);
    expect_no_words(r, p);
    snprintf(want, sizeof want, "ret -1 errno %s", name);
    got = gr_buf_text(on_stderr ? &p->errbuf : &p->outbuf);
    gr_expect(r, strstr(got, want) != NULL,
              "%s should return -1 with errno %s; the driver saw: %.*s", call, name,
              (int)strcspn(got, "\n"), got);
}

/* No room for one byte and its '\0': refused, and the input stays where it is. */
static void expect_no_room(struct gr_run *r, const char *cap)
{
    const char *argv[] = {"io_driver", "read_lines", cap, NULL};
    struct gr_proc *p = io_run_driver(r, &(struct gr_prog){.argv = argv, .input = "ab\n"});
    const char *got;

    gr_expect_exit(r, p, 0);
    got = gr_buf_text(&p->outbuf);
    gr_expect(r, strncmp(got, "line 1 ret -1 errno EINVAL ", 27) == 0,
              "read_line(0, buf, %s) should return -1 with errno EINVAL; the driver saw: %.*s", cap,
              (int)strcspn(got, "\n"), got);
    gr_expect(r, strstr(got, "\nrest 3 ") != NULL,
              "read_line(0, buf, %s) fails, but should read nothing: of 3 bytes the driver found "
              "these left: %s",
              cap, strchr(got, '\n') + 1);
}

/* The end of a socket that was closed with words unread at the other side: five bytes can still be
 * read, then the connection counts as reset. */
static int reset_after_five(struct gr_run *r)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1 ||
        gr_write_all(ends[0], "?", 1) == -1 || gr_write_all(ends[1], "hello", 5) == -1)
        gr_fail(r, GR_INFRA, "a socket: %s", strerror(errno));
    close(ends[1]);
    return ends[0];
}

/* Some bytes, and then an error: the error is what counts. */
static void expect_reset(struct gr_run *r, const char *op, const char *call)
{
    const char *argv[] = {"io_driver", op, "10", NULL};
    int fd = reset_after_five(r);
    struct gr_proc *p = io_run_driver(
        r, &(struct gr_prog){
               .argv = argv, .stdin_fd = fd, .stdin_word = "SOCKET-THAT-IS-RESET-AFTER-5-BYTES"});
    const char *got;

    close(fd);
    gr_expect_exit(r, p, 0);
    got = gr_buf_text(&p->outbuf);
    gr_expect(
        r, strstr(got, "ret -1 errno ECONNRESET") != NULL,
        "of a socket %s gets 5 bytes, and then read() fails with ECONNRESET: it should return "
        "-1 with that errno, although some bytes had come; the driver saw: %.*s",
        call, (int)strcspn(got, "\n"), got);
}

/* Nobody reads: the caller's disposition of SIGPIPE decides, and stays the caller's. */
static void expect_no_reader(struct gr_run *r)
{
    static const char *const ignored[] = {"io_driver", "--ignore-sigpipe", "write_full", "10", "1",
                                          NULL};
    static const char *const argv[] = {"io_driver", "write_full", "10", "1", NULL};
    struct gr_proc *p;
    int fds[2];

    if (gr_pipe(fds) == -1)
        gr_fail(r, GR_INFRA, "pipe: %s", strerror(errno));
    close(fds[0]);
    expect_errno(r, ignored, fds[1], true,
                 "write_full() on a pipe that nobody reads, SIGPIPE being ignored,", "EPIPE");
    p = io_run_driver(r, &(struct gr_prog){.argv = argv,
                                           .stdout_fd = fds[1],
                                           .stdout_word = "PIPE-THAT-NOBODY-READS"});
    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect(r, !WIFEXITED(p->status),
              "write_full() on a pipe that nobody reads returned, although SIGPIPE is at its "
              "default and ends a program there: does io.c touch a signal's disposition? That is "
              "the caller's to choose");
    gr_expect_signal(r, p, SIGPIPE);
    close(fds[1]);
}

void io_reports_errors(struct gr_run *r)
{
    static const char *const bad_read[] = {"io_driver", "--badfd", "read_full", "10", NULL};
    static const char *const bad_line[] = {"io_driver", "--badfd", "read_lines", "10", NULL};
    static const char *const bad_write[] = {"io_driver", "--badfd", "write_full", "10", "1", NULL};

    expect_errno(r, bad_read, 0, false, "read_full() on a closed descriptor", "EBADF");
    expect_errno(r, bad_line, 0, false, "read_line() on a closed descriptor", "EBADF");
    expect_errno(r, bad_write, 0, true, "write_full() on a closed descriptor", "EBADF");
    expect_no_room(r, "1");
    expect_no_room(r, "0");
    expect_reset(r, "read_full", "read_full(0, buf, 10)");
    expect_reset(r, "read_lines", "read_line(0, buf, 10)");
    expect_no_reader(r);
}
