/* SPDX-License-Identifier: MIT */
/* Lab 01, part 1C: scenarios for `pl`. */
#include "01_pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STAGES = 64 };

/* Keep the lines `stage I exit C` and `stage I signal S` of @text: stages may write there, too. */
static char *stage_lines(const char *text)
{
    struct gr_buf b = {.cap = 4096};

    gr_buf_add(&b, "", 0);
    for (const char *line = text; *line;) {
        const char *end = strchr(line, '\n');
        size_t len = end ? (size_t)(end - line) + 1 : strlen(line);
        char word[8];
        int i, c, n = 0;

        if (sscanf(line, "stage %d %6[a-z] %d%n", &i, word, &c, &n) == 3 && line[n] == '\n' &&
            (strcmp(word, "exit") == 0 || strcmp(word, "signal") == 0))
            gr_buf_add(&b, line, len);
        line += len;
    }
    return b.data;
}

static void expect_stages(struct gr_run *r, struct gr_proc *p, const char *want, int code)
{
    char *got;

    gr_wait_exit(p);
    gr_expect_going(r);
    got = stage_lines(gr_buf_text(&p->errbuf));
    gr_expect_bytes(r, "the list of stages on stderr", got, strlen(got), want, strlen(want));
    free(got);
    gr_expect_exit(r, p, code);
}

/* Lines of seeded words, a few KiB to far more than a pipe holds. */
static char *words(struct gr_run *r, unsigned lines)
{
    struct gr_buf b = {.cap = 4 << 20};

    for (unsigned i = 0; i < lines; i++) {
        char line[64];
        unsigned a = gr_random(r, 100000);

        gr_buf_add(&b, line,
                   (size_t)snprintf(line, sizeof line, "line %u of %u: %u\n", i, lines, a));
    }
    return b.data;
}

/* As many stages as the contract promises. */
static void expect_many_stages(struct gr_run *r)
{
    const char *argv[2 * STAGES + 1] = {"pl"};
    struct gr_prog prog = {.argv = argv, .input = "a line\n"};
    struct gr_buf want = {.cap = 4096};
    struct gr_proc *p;

    for (int i = 0; i < STAGES; i++) {
        char line[32];

        argv[2 * i + 1] = "cat";
        argv[2 * i + 2] = i < STAGES - 1 ? ":" : NULL;
        gr_buf_add(&want, line, (size_t)snprintf(line, sizeof line, "stage %d exit 0\n", i + 1));
    }
    p = gr_run_prog(r, &prog);
    expect_stages(r, p, gr_buf_text(&want), 0);
    gr_expect_out(r, p, "a line\n");
    free(want.data);
}

void pl_passes_data(struct gr_run *r)
{
    char *few = words(r, 3), *many = words(r, 20000);
    struct gr_proc *p;

    p = gr_run_args(r, few, "pl", "cat", NULL);
    expect_stages(r, p, "stage 1 exit 0\n", 0);
    gr_expect_out(r, p, few);
    p = gr_run_args(r, "c a b\n", "pl", "tr", "a-c", "d-f", ":", "tr", " ", "-", NULL);
    expect_stages(r, p, "stage 1 exit 0\nstage 2 exit 0\n", 0);
    gr_expect_out(r, p, "f-d-e\n");
    p = gr_run_args(r, NULL, "pl", "echo", "::", "a:b", ":c", "d:", ":", "cat", NULL);
    expect_stages(r, p, "stage 1 exit 0\nstage 2 exit 0\n", 0);
    gr_expect_out(r, p, ":: a:b :c d:\n");
    p = gr_run_args(r, many, "pl", "cat", ":", "cat", ":", "cat", ":", "cat", ":", "cat", NULL);
    expect_stages(
        r, p, "stage 1 exit 0\nstage 2 exit 0\nstage 3 exit 0\nstage 4 exit 0\nstage 5 exit 0\n",
        0);
    gr_expect_out(r, p, many);
    expect_many_stages(r);
    free(few);
    free(many);
}

void pl_reports_exits(struct gr_run *r)
{
    char a[16], b[16], want[128];
    unsigned x = 3 + gr_random(r, 100), y = 3 + gr_random(r, 100);
    struct gr_proc *p;

    snprintf(a, sizeof a, "exit %u", x);
    snprintf(b, sizeof b, "exit %u", y);
    snprintf(want, sizeof want, "stage 1 exit %u\nstage 2 exit 0\nstage 3 exit %u\n", x, y);
    p = gr_run_args(r, NULL, "pl", "sh", "-c", a, ":", "true", ":", "sh", "-c", b, NULL);
    expect_stages(r, p, want, (int)y);
    snprintf(want, sizeof want, "stage 1 exit %u\nstage 2 exit 0\n", x);
    p = gr_run_args(r, NULL, "pl", "sh", "-c", a, ":", "true", NULL);
    expect_stages(r, p, want, 0);
}

void pl_reports_signals(struct gr_run *r)
{
    static const char *const yes[] = {"pl", "yes", ":", "head", "-1", NULL};
    struct gr_proc *p;

    p = gr_run_args(r, NULL, "pl", "sh", "-c", "kill -TERM $$", ":", "cat", NULL);
    expect_stages(r, p, "stage 1 signal 15\nstage 2 exit 0\n", 0);
    p = gr_run_args(r, NULL, "pl", "true", ":", "sh", "-c", "kill -KILL $$", NULL);
    expect_stages(r, p, "stage 1 exit 0\nstage 2 signal 9\n", 128 + 9);
    p = gr_run_args(r, NULL, "pl", "true", ":", "sh", "-c", "exit 137", NULL);
    expect_stages(r, p, "stage 1 exit 0\nstage 2 exit 137\n", 137);
    /* An ignored signal stays ignored across exec: yes would see EPIPE, complain, and exit 1. */
    p = gr_run_prog(r, &(struct gr_prog){.argv = yes, .sigpipe_ignored = true});
    expect_stages(r, p, "stage 1 signal 13\nstage 2 exit 0\n", 0);
    gr_expect_out(r, p, "y\n");
}

/* No room for a second pipe (two more descriptors) while stage 1 runs, which waits for its input
 * and is deaf to SIGTERM, as pl was started so. With room for two stages even a pl that needs no
 * second pipe at a time, because it reuses its own 0, cannot start the third. */
static void pl_itself_fails(struct gr_run *r)
{
    static const char *const argv[] = {"pl", "cat", ":", "cat", ":", "cat", NULL};
    struct gr_prog prog = {
        .argv = argv, .keep_input = true, .nofile = 5, .nproc = 3, .sigterm_ignored = true};

    if (r->place.backend == GR_JAIL_NONE)
        return; /* no limit of processes: such a pl would succeed, and wait for its input */
    gr_expect_trouble(r, gr_run_prog(r, &prog));
    prog.nofile = 0; /* two stages run, and a third process cannot be made */
    gr_expect_trouble(r, gr_run_prog(r, &prog));
}

void pl_exec_fails(struct gr_run *r)
{
    struct gr_proc *p;

    p = gr_run_args(r, NULL, "pl", "no-such-command", NULL);
    expect_stages(r, p, "stage 1 exit 127\n", 127);
    pipes_expect_cannot_run(r, p, "no-such-command", ENOENT);
    p = gr_run_args(r, NULL, "pl", "/usr/bin", ":", "cat", NULL);
    expect_stages(r, p, "stage 1 exit 126\nstage 2 exit 0\n", 0);
    pipes_expect_cannot_run(r, p, "/usr/bin", EACCES);
    p = gr_run_args(r, NULL, "pl", "/dev/null/file", NULL); /* neither not found nor forbidden */
    expect_stages(r, p, "stage 1 exit 126\n", 126);
    pipes_expect_cannot_run(r, p, "/dev/null/file", ENOTDIR);
    p = gr_run_args(r, NULL, "pl", "true", ":", "no-such-command", NULL);
    expect_stages(r, p, "stage 1 exit 0\nstage 2 exit 127\n", 127);
    pipes_expect_cannot_run(r, p, "no-such-command", ENOENT);
    gr_expect_out(r, p, "");
    pl_itself_fails(r); /* last: what is left behind is most likely its */
}

/* Each of three stages says `here` in one FIFO and goes on only after a word from another: that
 * word comes when all three are there. One after the other, the first would wait for ever. */
static void stages_meet(struct gr_run *r)
{
    struct gr_scene *s = gr_scene(r);
    static const char stage[] = "echo here >hall; read word <door";
    struct gr_proc *p;
    char seen[64];
    int hall, door;

    if (gr_jail_mkfifo(s, "hall", 0600) == -1 || gr_jail_mkfifo(s, "door", 0600) == -1 ||
        (hall = gr_jail_open(s, "hall", O_RDWR, 0)) == -1 ||
        (door = gr_jail_open(s, "door", O_RDWR, 0)) == -1)
        gr_fail(r, GR_INFRA, "cannot make a FIFO in the jail: %s", strerror(errno));
    p = gr_run_args(r, NULL, "pl", "sh", "-c", stage, ":", "sh", "-c", stage, ":", "sh", "-c",
                    stage, NULL);
    if (!gr_wait_fd(s, hall, seen, strlen("here\n") * 3))
        gr_expect_going(r);
    if (gr_write_all(door, "go\ngo\ngo\n", 9) == -1)
        gr_fail(r, GR_INFRA, "cannot write into a FIFO of the jail: %s", strerror(errno));
    expect_stages(r, p, "stage 1 exit 0\nstage 2 exit 0\nstage 3 exit 0\n", 0);
    close(hall);
    close(door);
}

void pl_runs_stages_together(struct gr_run *r)
{
    struct gr_proc *p = gr_run_args(r, NULL, "pl", "yes", ":", "head", "-1", NULL);

    expect_stages(r, p, "stage 1 signal 13\nstage 2 exit 0\n", 0);
    gr_expect_out(r, p, "y\n");
    stages_meet(r);
}

void pl_refuses_empty_stages(struct gr_run *r)
{
    static const char *const bad[][7] = {
        {"pl", NULL},
        {"pl", ":", NULL},
        {"pl", ":", "touch", "started", NULL},
        {"pl", "touch", "started", ":", NULL},
        {"pl", "touch", "started", ":", ":", "cat", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct gr_proc *p = pipes_expect_usage(r, bad[i]);

        gr_expect(r, gr_jail_unlink(gr_scene(r), "started") == -1,
                  "`%s` is a usage error, but a stage was started all the same", p->command);
    }
}

/* The stage that cannot be run comes first: behind one that writes, it would decide by its speed
 * whether that one is done or dies of SIGPIPE. */
void pl_memory(struct gr_run *r)
{
    struct gr_proc *p = gr_run_args(r, NULL, "pl", "no-such-command", ":", "sort", ":", "tr", "a",
                                    "x", ":", "cat", NULL);

    expect_stages(r, p, "stage 1 exit 127\nstage 2 exit 0\nstage 3 exit 0\nstage 4 exit 0\n", 0);
}

void pl_stages_inherit_nothing(struct gr_run *r)
{
    struct gr_proc *p = gr_run_args(r, NULL, "pl", "fdprobe", "first", ":", "fdprobe", "second",
                                    ":", "fdprobe", "third", NULL);

    gr_expect_probe(r, p, "first");
    gr_expect_probe(r, p, "second");
    gr_expect_probe(r, p, "third");
}

/* The first stage has ended, the second has not: pl must sleep in a wait, not ask in a loop, and
 * say nothing of either yet. */
static void expect_quiet_wait(struct gr_run *r)
{
    struct gr_scene *s = gr_scene(r);
    struct gr_proc *p;
    char *early;
    int door;

    if (gr_jail_mkfifo(s, "door", 0600) == -1 || (door = gr_jail_open(s, "door", O_RDWR, 0)) == -1)
        gr_fail(r, GR_INFRA, "cannot make a FIFO in the jail: %s", strerror(errno));
    p = gr_run_args(r, NULL, "pl", "true", ":", "sh", "-c", "echo here; read word <door", NULL);
    gr_wait_line(p, false, "here");
    gr_expect_going(r);
    if (gr_expect_no_spin(r, p))
        gr_wait_stuck(s);
    gr_expect_going(r);
    early = stage_lines(gr_buf_text(&p->errbuf));
    if (gr_write_all(door, "go\n", 3) == -1)
        gr_fail(r, GR_INFRA, "cannot write into a FIFO of the jail: %s", strerror(errno));
    gr_wait_exit(p);
    gr_expect_going(r);
    close(door);
    if (gr_jail_unlink(s, "door") == -1)
        gr_fail(r, GR_INFRA, "cannot remove a FIFO of the jail: %s", strerror(errno));
    gr_expect(
        r, *early == '\0',
        "while stage 2 still ran, pl had said already: %.*s. It should report when all stages "
        "have ended: then its lines stand together, behind all that the stages wrote",
        (int)strcspn(early, "\n"), early);
    free(early);
    expect_stages(r, p, "stage 1 exit 0\nstage 2 exit 0\n", 0);
}

void pl_waits_for_all(struct gr_run *r)
{
    struct gr_proc *p =
        gr_run_args(r, NULL, "pl", "true", ":", "yes", ":", "head", "-3", ":", "true", NULL);

    gr_expect_exit(r, p, 0);
    expect_quiet_wait(r);
}
