/* SPDX-License-Identifier: MIT */
/* Lab 01, part 1D: how `through` ends, and what it leaves as it was. */
#include "01_pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void expect_status(struct gr_run *r, const char *script, int code)
{
    gr_expect_exit(r, gr_run_args(r, NULL, "through", "sh", "-c", script, NULL), code);
}

/* through's own trouble: then it does not matter how CMD ended. */
static void expect_full_output(struct gr_run *r)
{
    static const char *const argv[] = {"through", "echo", "hello", NULL};
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct gr_prog prog = {.argv = argv, .stdout_fd = full, .stdout_word = "/dev/full"};
    struct gr_proc *p;

    if (full == -1)
        gr_fail(r, GR_INFRA, "/dev/full: %s", strerror(errno));
    p = gr_run_prog(r, &prog);
    close(full);
    gr_expect_trouble(r, p);
}

static void expect_no_process_left(struct gr_run *r)
{
    static const char *const argv[] = {"through", "true", NULL};

    if (r->place.backend != GR_JAIL_NONE) /* which has no limit of processes */
        gr_expect_trouble(r, gr_run_prog(r, &(struct gr_prog){.argv = argv, .nproc = 1}));
}

void through_exits_as_cmd(struct gr_run *r)
{
    static const char *const alone[] = {"through", NULL};
    char script[32];
    int code = 3 + (int)gr_random(r, 100);
    struct gr_proc *p;

    snprintf(script, sizeof script, "exit %d", code);
    expect_status(r, script, code);
    expect_status(r, "kill -TERM $$", 128 + 15);
    expect_status(r, "kill -PIPE $$", 128 + 13); /* not if SIGPIPE came ignored */
    expect_status(r, "exit 141", 141);
    p = gr_run_args(r, "unread\n", "through", "no-such-command", NULL);
    gr_expect_exit(r, p, 127);
    pipes_expect_cannot_run(r, p, "no-such-command", ENOENT);
    gr_expect_out(r, p, "");
    p = gr_run_args(r, NULL, "through", "/usr/bin", NULL);
    gr_expect_exit(r, p, 126);
    pipes_expect_cannot_run(r, p, "/usr/bin", EACCES);
    p = gr_run_args(r, NULL, "through", "/dev/null/file", NULL);
    gr_expect_exit(r, p, 126); /* neither not found nor forbidden */
    pipes_expect_cannot_run(r, p, "/dev/null/file", ENOTDIR);
    expect_full_output(r);
    expect_no_process_left(r);
    pipes_expect_usage(r, alone);
}

/* O_NONBLOCK belongs to the open file description, which the shell has, too. */
void through_keeps_flags(struct gr_run *r)
{
    static const char *const argv[] = {"through", "cat", NULL};
    static const char *const name[] = {"standard input", "standard output"};
    int in[2], out[2], before[2], after;
    struct gr_prog prog = {.argv = argv};

    if (gr_pipe(in) == -1 || gr_pipe(out) == -1 || gr_write_all(in[1], "a line\n", 7) == -1)
        gr_fail(r, GR_INFRA, "pipe: %s", strerror(errno));
    close(in[1]);
    before[0] = fcntl(in[0], F_GETFL);
    before[1] = fcntl(out[1], F_GETFL);
    prog.stdin_fd = in[0];
    prog.stdout_fd = out[1];
    gr_expect_exit(r, gr_run_prog(r, &prog), 0);
    for (int i = 0; i < 2; i++) {
        after = fcntl(i == 0 ? in[0] : out[1], F_GETFL);
        gr_expect(r, after == before[i],
                  "the flags of %s were 0%o before `through cat` and are 0%o after it%s: the shell "
                  "and other programs share this open file with you",
                  name[i], (unsigned)before[i], (unsigned)after,
                  (after & ~before[i]) & O_NONBLOCK ? " (O_NONBLOCK is set)" : "");
    }
    close(in[0]);
    close(out[0]);
    close(out[1]);
}
