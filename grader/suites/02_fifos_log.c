/* SPDX-License-Identifier: MIT */
/* Lab 02, part 2A: logd with logc, and logd with raw clients. logc alone: 02_fifos_logc.c. */
#include "02_fifos.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../labs/02-fifos/log.h"

enum { CROWD = 4, CROWD_LINES = 40, LONG = 5000 }; /* no multiple of a page: that would hide it */

struct gr_proc *start_logd(struct gr_run *r, struct gr_prog prog)
{
    static const char *const argv[] = {"logd", "fifo", "out", NULL};
    struct gr_proc *p;

    prog.argv = argv;
    p = gr_run_prog(r, &prog);
    gr_expect_ready(r, p);
    return p;
}

/* A client that sends @text and ends well. */
static void send_text(struct gr_run *r, const char *tag, const char *text)
{
    gr_expect_exit(r, gr_run_args(r, text, "logc", "fifo", tag, NULL), 0);
}

/* All that was sent is where it should be once nobody can go on. */
static void expect_logged(struct gr_run *r, struct gr_proc *logd, const char *want)
{
    gr_wait_idle(r->scene);
    gr_expect_going(r);
    gr_expect(r, !logd->ended, "logd has ended, though nobody sent it SIGTERM: %.200s",
              gr_buf_text(&logd->errbuf));
    gr_expect_file(r, "out", want, strlen(want));
}

static const char poll_again[] =
    "in a call without a time limit: poll(.., -1), or ppoll() or select() with NULL, which a chunk "
    "or SIGTERM ends";

void end_logd(struct gr_run *r, struct gr_proc *logd)
{
    gr_expect_term(r, logd);
    gr_expect_gone(r, "fifo", "logd");
    gr_jail_unlink(r->scene, "out"); /* it stays by contract */
}

char *random_line(struct gr_run *r, size_t n)
{
    char *line = gr_xcalloc(1, n + 2);

    for (size_t i = 0; i < n; i++)
        line[i] = (char)('a' + (int)gr_random(r, 26));
    line[n] = '\n';
    return line;
}

void logd_appends_lines(struct gr_run *r)
{
    struct gr_proc *logd;

    if (gr_jail_plant(gr_scene(r), "out", 0600, "old line\n") == -1)
        gr_fail(r, GR_INFRA, "cannot plant a file: %s", strerror(errno));
    expect_ready_in_time(r, (const char *const[]){"logd", "fifo", "out", NULL}, "fifo");
    logd = start_logd(r, (struct gr_prog){0});
    send_text(r, "A", "one\n\n three \t four\n100 %% of %d\nlast, without a newline");
    send_text(r, "b.2_x-9.and-more-to-31-letters.", "second client\n");
    send_text(r, "A", "");
    expect_logged(r, logd,
                  "old line\nA one\nA \nA  three \t four\nA 100 %% of %d\n"
                  "A last, without a newline\n"
                  "b.2_x-9.and-more-to-31-letters. second client\n");
    end_logd(r, logd);
}

void put_chunk(struct gr_run *r, int fd, const void *chunk, size_t len)
{
    gr_expect(r, gr_put_fd(r->scene, fd, chunk, len), "logd does not read its FIFO any more");
    gr_expect_going(r);
}

static void put_text(struct gr_run *r, int fd, int32_t pid, unsigned flags, const char *data)
{
    struct log_chunk c = {.pid = pid, .flags = flags, .len = (uint32_t)strlen(data), .tag = "raw"};

    memcpy(c.data, data, c.len);
    put_chunk(r, fd, &c, LOG_HEADER + c.len);
}

/* The chunks of several clients in turn, and records that never get their end. */
static void expect_reassembly(struct gr_run *r, struct gr_proc *logd, struct gr_buf *want)
{
    static const char lines[] =
        "raw two, end of two\nraw one, still one, end of one\nraw three again\nraw \n";
    size_t len = 0;
    char *got;
    int fd = gr_wait_writer(r->scene, "fifo");

    gr_expect(r, fd != -1, "the FIFO of logd cannot be opened for writing: %s", strerror(errno));
    put_text(r, fd, 7000001, LOG_FIRST, "one, ");
    put_text(r, fd, 7000002, LOG_FIRST, "two, ");
    put_text(r, fd, 7000003, LOG_FIRST, "killed in the middle");
    put_text(r, fd, 7000001, 0, "still one, ");
    put_text(r, fd, 7000002, LOG_LAST, "end of two");
    put_text(r, fd, 7000001, LOG_LAST, "end of one");
    put_text(r, fd, 7000004, LOG_LAST, "no beginning");
    put_text(r, fd, 7000003, LOG_FIRST | LOG_LAST, "three again");
    put_text(r, fd, 7000001, LOG_FIRST | LOG_LAST, "");
    close(fd);
    gr_wait_idle(r->scene);
    gr_expect_going(r);
    expect_alive(r, logd, "chunks of several clients");
    gr_buf_add(want, lines, sizeof lines - 1);
    r->about = logd;
    got = gr_jail_read(r->scene, "out", 1 << 20, &len);
    gr_expect_bytes_because(r, "out", got ? got : "", len, gr_buf_text(want), want->len,
                            "four clients with the same tag, raw, sent their chunks in turn, and "
                            "two of them not all: what belongs together is told by the pid and by "
                            "LOG_FIRST (log.h)");
    free(got);
    r->about = NULL;
}

void logd_joins_long_lines(struct gr_run *r)
{
    struct gr_proc *logd = start_logd(r, (struct gr_prog){0});
    const size_t sizes[] = {LOG_DATA_MAX, LOG_DATA_MAX + 1, LONG, LOG_LINE_MAX};
    struct gr_buf want = {.cap = 1 << 20}, in = {.cap = 1 << 20};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *line = random_line(r, sizes[i]);

        gr_buf_add(&in, line, sizes[i] + 1);
        gr_buf_add(&want, "long ", 5);
        gr_buf_add(&want, line, sizes[i] + 1);
        free(line);
    }
    send_text(r, "long", gr_buf_text(&in));
    expect_logged(r, logd, gr_buf_text(&want));
    expect_reassembly(r, logd, &want);
    end_logd(r, logd);
    gr_buf_release(&want);
    gr_buf_release(&in);
}

/* The next line of @got is the next one of the client that its tag, '0' to '3', names. */
static const char *expect_next(struct gr_run *r, const char *got, char *const *text, size_t *at)
{
    size_t len = strcspn(got, "\n") + 1;
    unsigned k = (unsigned char)got[0] - (unsigned)'0';
    const char *want;
    char *line;

    if (k >= CROWD || got[1] != ' ' || text[k][at[k]] == '\0') {
        r->rec.actual = gr_escape(got, len, 400);
        gr_fail(r, GR_FAIL,
                "a line of out begins with no tag of a client that has more to say: pieces of "
                "different clients got mixed");
    }
    want = text[k] + at[k];
    line = gr_xasprintf("%c %.*s\n", '0' + (int)k, (int)strcspn(want, "\n"), want);
    gr_expect_bytes(r, "the next line of this client", got, strnlen(got, len), line, strlen(line));
    free(line);
    at[k] += strcspn(want, "\n") + 1;
    return got + len;
}

static void expect_crowd_lines(struct gr_run *r, char *const *text)
{
    size_t at[CROWD] = {0}, len = 0;
    char *got = gr_jail_read(r->scene, "out", 16 << 20, &len);

    if (!got)
        gr_fail(r, GR_FAIL, "out cannot be read: %s", strerror(errno));
    for (const char *p = got; *p;)
        p = expect_next(r, p, text, at);
    for (int k = 0; k < CROWD; k++)
        gr_expect(r, text[k][at[k]] == '\0', "out lacks the last %zu bytes of client %d",
                  strlen(text[k] + at[k]), k);
    free(got);
}

/* logd stands until the FIFO is full and every client in the middle of its write(). */
void logd_keeps_lines_whole(struct gr_run *r)
{
    struct gr_proc *logd = start_logd(r, (struct gr_prog){0}), *client[CROWD];
    char *text[CROWD], tag[2] = "0";

    gr_hold(r, logd);
    for (int k = 0; k < CROWD; k++, tag[0]++) {
        struct gr_buf b = {.cap = 1 << 20};

        for (int i = 0; i < CROWD_LINES; i++) {
            char *line = random_line(r, LONG);

            gr_buf_add(&b, line, LONG + 1);
            free(line);
        }
        text[k] = b.data;
        client[k] = gr_run_args(r, text[k], "logc", "fifo", tag, NULL);
    }
    gr_wait_idle(r->scene);
    gr_signal(logd, SIGCONT);
    for (int k = 0; k < CROWD; k++)
        gr_expect_exit(r, client[k], 0);
    gr_wait_idle(r->scene);
    gr_expect_going(r);
    expect_crowd_lines(r, text);
    end_logd(r, logd);
    for (int k = 0; k < CROWD; k++)
        free(text[k]);
}

/* Nobody has the FIFO open for writing: no reason to end, and none to ask in a loop. */
void logd_lives_on(struct gr_run *r)
{
    struct gr_proc *logd = start_logd(r, (struct gr_prog){0});

    if (!expect_sleep(r, logd, poll_again))
        return;
    send_text(r, "first", "1\n");
    expect_came(r, gr_wait_file(r->scene, "out", 8), "the line of a client did not come into out");
    if (!gr_expect_no_spin(r, logd))
        return;
    gr_expect(r, !logd->ended,
              "logd ended when its last client had gone. For a FIFO the end of file is not the "
              "end of the service: the next client may come in a moment");
    send_text(r, "second", "2\n");
    expect_logged(r, logd, "first 1\nsecond 2\n");
    gr_expect_no_spin(r, logd);
    end_logd(r, logd);
}

void logd_starts_again(struct gr_run *r)
{
    struct gr_proc *logd = start_logd(r, (struct gr_prog){0}), *early;
    bool waits;

    send_text(r, "A", "before\n");
    gr_wait_idle(r->scene);
    gr_signal(logd, SIGKILL);
    gr_wait_exit(logd);
    early = gr_run_args(r, "early\n", "logc", "fifo", "A", NULL);
    gr_wait_idle(r->scene); /* a client waits at the FIFO that was left over */
    waits = !early->ended;
    logd = start_logd(r, (struct gr_prog){0}); /* its FIFO is there already */
    if (!waits)                                /* 2A.14 tells it */
        early = gr_run_args(r, "early\n", "logc", "fifo", "A", NULL);
    expect_came(r, gr_wait_exit(early),
                "logd was killed, its FIFO was left over, and a client waited at it; a new logd "
                "was started, and that client is not served. Use the FIFO that is there: a new one "
                "of the same name is another FIFO");
    send_text(r, "A", "after\n");
    expect_logged(r, logd, "A before\nA early\nA after\n");
    end_logd(r, logd);
    if (gr_jail_plant(r->scene, "file", 0600, "keep me\n") == -1)
        gr_fail(r, GR_INFRA, "cannot plant a file: %s", strerror(errno));
    expect_file_kept(r, gr_run_args(r, NULL, "logd", "file", "out", NULL), "file");
}

void logd_drains_at_sigterm(struct gr_run *r)
{
    struct gr_proc *logd = start_logd(r, (struct gr_prog){0}), *idle;

    idle = gr_run_prog(
        r, &(struct gr_prog){.argv = (const char *const[]){"logc", "fifo", "idle", NULL},
                             .keep_input = true});
    gr_send(idle, "x\n", 2);
    expect_logged(r, logd, "idle x\n");
    gr_hold(r, logd);
    send_text(r, "A", "one\ntwo\n");
    send_text(r, "B", "three\n");
    gr_signal(logd, SIGTERM); /* pending, as the chunks are */
    gr_signal(logd, SIGCONT);
    gr_expect_exit(r, logd, 0);
    gr_expect_file(r, "out", "idle x\nA one\nA two\nB three\n", 27);
    gr_expect_gone(r, "fifo", "logd");
    gr_send(idle, "y\n", 2);
    gr_close_input(idle);
    expect_failure(r, idle, "logd has ended, and nobody reads the FIFO any more");
    expect_term_in_time(r, (const char *const[]){"logd", "fifo", "out", NULL}, "fifo");
    gr_jail_unlink(r->scene, "out");
}

/* The kernel may cut any read of a FIFO, and a handler interrupt a wait. */
void logd_survives_short_reads(struct gr_run *r)
{
    struct gr_inject in = {.seed = gr_random(r, UINT_MAX), .cut = 60, .eintr = 30};
    struct gr_proc *logd = start_logd(r, (struct gr_prog){.inject = &in});
    char *line = random_line(r, LONG), *want = gr_xasprintf("A %sA short\nB other\n", line);
    char *text = gr_xasprintf("%sshort\n", line);

    send_text(r, "A", text);
    send_text(r, "B", "other\n");
    expect_logged(r, logd, want);
    end_logd(r, logd);
    free(line);
    free(want);
    free(text);
}

void log_refuses(struct gr_run *r)
{
    static const char *const bad[][5] = {
        {"logd", NULL},
        {"logd", "fifo", NULL},
        {"logd", "fifo", "out", "more", NULL},
        {"logc", "fifo", NULL},
        {"logc", "fifo", "", NULL},
        {"logc", "fifo", "two words", NULL},
        {"logc", "fifo", "me@home", NULL},
        {"logc", "fifo", "../x", NULL},
        {"logc", "fifo", "a+b", NULL},
        {"logc", "fifo", "line\n", NULL},
        {"logc", "fifo", "a-tag-that-is-32-characters-long", NULL},
        {"logc", "fifo", "A", "more", NULL},
    };
    struct gr_proc *p;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    p = gr_run_args(r, "x\n", "logc", "no-such-fifo", "A", NULL);
    expect_failure(r, p, "there is no such FIFO");
    p = gr_run_args(r, NULL, "logd", "fifo", "/dev/full", NULL);
    gr_expect_ready(r, p);
    send_text(r, "A", "x\n");
    expect_failure(r, p, "its output cannot be written");
    gr_expect_gone(r, "fifo", "logd");
    expect_failure(r, gr_run_args(r, NULL, "logd", "fifo", "no-such-folder/out", NULL),
                   "OUT cannot be made");
    gr_expect_gone(r, "fifo", "logd");
    expect_failure(r, gr_run_args(r, NULL, "logd", "no-such-folder/fifo", "out", NULL),
                   "FIFO cannot be made");
    gr_jail_unlink(r->scene, "out"); /* made or not, before that was seen */
}

void log_memory(struct gr_run *r)
{
    struct gr_proc *logd = start_logd(r, (struct gr_prog){0});
    char *line = random_line(r, LONG), *want = gr_xasprintf("A %sA x\n", line);
    char *text = gr_xasprintf("%sx\n", line);
    int fd;

    send_text(r, "A", text);
    gr_wait_idle(r->scene);
    fd = gr_wait_writer(r->scene, "fifo");
    gr_expect(r, fd != -1, "the FIFO of logd cannot be opened for writing: %s", strerror(errno));
    put_text(r, fd, 7000001, LOG_FIRST, "a record without an end");
    close(fd);
    expect_logged(r, logd, want);
    end_logd(r, logd);
    free(line);
    free(want);
    free(text);
}

/* Also with a client still there, and after a failure (log_refuses). */
void logd_removes_its_fifo(struct gr_run *r)
{
    struct gr_proc *logd = start_logd(r, (struct gr_prog){0});

    send_text(r, "A", "x\n");
    gr_expect_term(r, logd);
    gr_jail_unlink(r->scene, "out"); /* the census finds the rest */
}
