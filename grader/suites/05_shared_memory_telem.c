/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5D: scenarios for `telem`. Writer and readers are held in the middle of what they
 * do, at the kit points of seqlock.c. */
#include "05_shared_memory.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../labs/05-shared-memory/telem.h"

enum { LINE = 200, READERS = 6, STALE = 4 };

/* Eight numbers that have nothing to do with each other: "V V ..". */
static void sample(struct gr_run *r, char line[LINE])
{
    size_t n = 0;

    for (int i = 0; i < TELEM_VALUES; i++) {
        int64_t v = (int64_t)gr_random(r, 1u << 31) << gr_random(r, 32);

        n += (size_t)snprintf(line + n, LINE - n, "%s%lld", i > 0 ? " " : "",
                              (long long)(gr_random(r, 2) ? -v : v));
    }
}

/* Sample @n: numbers that begin with n, short enough to be seen at a glance in a report. */
static void small_sample(struct gr_run *r, char line[LINE], unsigned n)
{
    size_t len = 0;

    for (unsigned i = 1; i <= TELEM_VALUES; i++)
        len += (size_t)snprintf(line + len, LINE - len, "%s%u", i > 1 ? " " : "",
                                100 * n + 10 * i + gr_random(r, 10));
}

static struct gr_proc *start_writer(struct gr_run *r, char name[NAME_LEN], const char *const *rules)
{
    const struct gr_inject in = {.hooks = true, .rules = rules};
    const char *argv[] = {"telem", name, "write", NULL};
    struct gr_proc *p;

    new_name(r, name);
    p = gr_run_prog(
        r, &(struct gr_prog){.argv = argv, .keep_input = true, .inject = rules ? &in : NULL});
    gr_wait_line(p, false, "READY");
    gr_expect_going(r);
    return p;
}

static struct gr_proc *start_reader(struct gr_run *r, const char *name, const char *count,
                                    const char *const *rules)
{
    const struct gr_inject in = {.hooks = true, .rules = rules};
    const char *argv[] = {"telem", name, "read", count, NULL};

    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .inject = rules ? &in : NULL});
}

/* @line must stay as it is until it is taken. @n: which sample it is, from 1. */
static void publish(struct gr_run *r, struct gr_proc *writer, const char *line, size_t n)
{
    gr_send(writer, line, strlen(line));
    gr_send(writer, "\n", 1);
    gr_wait_bytes(writer, strlen("READY\n") + n * strlen("written\n"));
    gr_expect_going(r);
}

static void expect_sample(struct gr_run *r, struct gr_proc *reader, const char *values)
{
    char want[2 * LINE + 40];

    snprintf(want, sizeof want, "sample %s\n", values);
    gr_wait_exit(reader);
    gr_expect_going(r);
    gr_expect_out(r, reader, want);
    gr_expect_exit(r, reader, 0);
}

static void expect_stale(struct gr_run *r, struct gr_proc *reader)
{
    gr_wait_exit(reader);
    gr_expect_going(r);
    gr_expect_out(r, reader, "stale\n");
    gr_expect_exit(r, reader, STALE);
}

static void end_writer(struct gr_run *r, struct gr_proc *writer)
{
    gr_close_input(writer);
    gr_expect_exit(r, writer, 0);
}

/* Hold @p at its kit_point(@point). */
static void expect_held(struct gr_run *r, const char *point, size_t *at, struct gr_call *c)
{
    char place[32];

    snprintf(place, sizeof place, "point.%s", point);
    if (gr_wait_held(r->scene, at, place, c))
        return;
    gr_expect_going(r);
    gr_fail(r, GR_FAIL,
            "telem never called kit_point(\"%s\"): the contract asks for it in the middle of the "
            "values, so that the grader can hold the program there",
            point);
}

void telem_shows_the_sample(struct gr_run *r)
{
    static const char zero[] = "0 0 0 0 0 0 0 0";
    static const char edge[] = "9223372036854775807 -9223372036854775808 0 -1 1 2 3 4";
    static const char *const bad[][6] = {
        {"telem", NULL},
        {"telem", "/a", NULL},
        {"telem", "/a", "look", NULL},
        {"telem", "/a", "read", "0", NULL},
        {"telem", "/a", "read", "1x", NULL},
        {"telem", "/a", "read", "100001", NULL},
        {"telem", "/a", "write", "1", NULL},
    };
    char name[NAME_LEN], line[3][LINE], twice[2 * LINE + 20];
    struct gr_proc *writer = start_writer(r, name, NULL), *p;

    expect_sample(r, start_reader(r, name, NULL, NULL), zero);
    for (size_t i = 0; i < 3; i++) {
        sample(r, line[i]);
        publish(r, writer, line[i], i + 1);
        expect_sample(r, start_reader(r, name, NULL, NULL), line[i]);
    }
    snprintf(twice, sizeof twice, "%s\nsample %s", line[2], line[2]);
    expect_sample(r, start_reader(r, name, "2", NULL), twice);
    publish(r, writer, edge, 4);
    expect_sample(r, start_reader(r, name, NULL, NULL), edge);
    end_writer(r, writer);
    expect_message(r, start_reader(r, name, NULL, NULL)); /* it is gone */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    writer = start_writer(r, name, NULL);
    p = gr_run_args(r, NULL, "telem", name, "write", NULL);
    expect_message(r, p);
    gr_send(writer, "1 2 3 4 5 6 7\n", 14);
    expect_message(r, writer);
}

/* A reader stands in the middle of its copy, and writes come between: one, then two. */
void telem_is_never_torn(struct gr_run *r)
{
    static const char *const rules[] = {"stop=at:point.read:1", NULL};
    char name[NAME_LEN], line[4][LINE];
    struct gr_proc *writer = start_writer(r, name, NULL);
    size_t at = 0, done = 0;

    for (unsigned i = 0; i < 4; i++)
        small_sample(r, line[i], i + 1);
    publish(r, writer, line[0], ++done);
    for (size_t writes = 1; writes <= 2; writes++) {
        struct gr_proc *reader = start_reader(r, name, NULL, rules);
        struct gr_call c = {.pid = 0};

        expect_held(r, "read", &at, &c);
        for (size_t i = 0; i < writes; i++, done++)
            publish(r, writer, line[done], done + 1);
        gr_resume(r->scene, c.pid);
        expect_sample(r, reader, line[done - 1]);
    }
    end_writer(r, writer);
    telem_is_whole_anywhere(r);
}

/* The writer stands in the middle of a write; later it goes on, or is killed there. */
void telem_gives_up(struct gr_run *r)
{
    static const char *const rules[] = {"stop=at:point.write:2", "kill=at:point.write:3", NULL};
    char name[NAME_LEN], line[3][LINE];
    struct gr_proc *writer = start_writer(r, name, rules);
    struct gr_call c = {.pid = 0};
    size_t at = 0;

    for (int i = 0; i < 3; i++)
        sample(r, line[i]);
    publish(r, writer, line[0], 1);
    expect_sample(r, start_reader(r, name, NULL, NULL), line[0]);
    gr_send(writer, line[1], strlen(line[1]));
    gr_send(writer, "\n", 1);
    expect_held(r, "write", &at, &c);
    expect_stale(r, start_reader(r, name, NULL, NULL));
    expect_stale(r, start_reader(r, name, "3", NULL));
    gr_resume(r->scene, c.pid);
    gr_wait_bytes(writer, strlen("READY\nwritten\nwritten\n"));
    expect_sample(r, start_reader(r, name, NULL, NULL), line[1]);
    gr_send(writer, line[2], strlen(line[2]));
    gr_send(writer, "\n", 1);
    gr_expect_signal(r, writer, SIGKILL);
    expect_stale(r, start_reader(r, name, NULL, NULL));
}

/* Value i of sample n is n * (i + 1), so a mixture shows. 0: it is none. @last: the one before. */
static bool whole(const char *line, long *last)
{
    long v[TELEM_VALUES];
    int used = 0;

    if (sscanf(line, "sample %ld %ld %ld %ld %ld %ld %ld %ld%n", &v[0], &v[1], &v[2], &v[3], &v[4],
               &v[5], &v[6], &v[7], &used) != TELEM_VALUES ||
        line[used] != '\n')
        return false;
    for (int i = 1; i < TELEM_VALUES; i++)
        if (v[i] != v[0] * (i + 1))
            return false;
    if (v[0] < *last)
        return false; /* time does not run backwards */
    *last = v[0];
    return true;
}

/* Each line a whole sample; the last one may be `stale`, if the writer was always faster. */
static void expect_whole(struct gr_run *r, struct gr_proc *p, unsigned count)
{
    const char *text, *line;
    unsigned n = 0;
    long last = 0;

    gr_wait_exit(p);
    gr_expect_going(r);
    text = gr_buf_text(&p->outbuf);
    for (line = text; *line && whole(line, &last); line = strchr(line, '\n') + 1)
        n++;
    if (strcmp(line, "stale\n") == 0) {
        gr_expect_exit(r, p, STALE);
        return;
    }
    gr_expect(
        r, *line == '\0',
        "value i of each sample written is i times the first one, and no sample is older than "
        "the one before; reader %d printed: %.*s",
        p->pid, (int)strcspn(line, "\n"), line);
    gr_expect_exit(r, p, 0);
    gr_expect(r, n == count, "the reader was asked for %u samples and printed %u", count, n);
}

static void serve(struct gr_run *r, unsigned writes, unsigned readers, unsigned reads)
{
    char name[NAME_LEN], count[16], last[LINE];
    struct gr_buf input = {.cap = 4 << 20};
    struct gr_proc *writer = start_writer(r, name, NULL), *reader[READERS];

    for (unsigned n = 1; n <= writes; n++) {
        char line[LINE];
        size_t len = 0;

        for (unsigned i = 1; i <= TELEM_VALUES; i++)
            len += (size_t)snprintf(line + len, LINE - len, "%u%c", n * i,
                                    i < TELEM_VALUES ? ' ' : '\n');
        gr_buf_add(&input, line, len);
    }
    snprintf(count, sizeof count, "%u", reads);
    gr_send(writer, input.data, input.len);
    for (unsigned i = 0; i < readers; i++)
        reader[i] = start_reader(r, name, count, NULL);
    for (unsigned i = 0; i < readers; i++)
        expect_whole(r, reader[i], reads);
    gr_wait_bytes(writer, strlen("READY\n") + writes * strlen("written\n"));
    gr_expect_going(r);
    snprintf(last, sizeof last, "%u %u %u %u %u %u %u %u", writes, 2 * writes, 3 * writes,
             4 * writes, 5 * writes, 6 * writes, 7 * writes, 8 * writes);
    expect_sample(r, start_reader(r, name, NULL, NULL), last); /* now nobody disturbs it */
    end_writer(r, writer);
    free(input.data);
}

void telem_serves_many(struct gr_run *r)
{
    serve(r, 20000, READERS, 3000);
}

void telem_together(struct gr_run *r)
{
    serve(r, 40, 2, 15);
}

void telem_leaves_nothing(struct gr_run *r)
{
    char name[NAME_LEN];
    struct gr_proc *writer = start_writer(r, name, NULL);

    expect_private_segment(r, name);
    gr_wait_asleep(writer);
    gr_expect_no_spin(r, writer);
    publish(r, writer, "1 2 3 4 5 6 7 8", 1);
    expect_sample(r, start_reader(r, name, NULL, NULL), "1 2 3 4 5 6 7 8");
    end_writer(r, writer);
}
