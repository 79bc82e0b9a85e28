/* SPDX-License-Identifier: MIT */
/* Lab 04, part 4C: scenarios for `rw`. */
#include "04_semaphores.h"

#include <stdio.h>
#include <string.h>

static const char page_rule[] = "a writer is alone with the page";

enum { MOST = 32 };

/* What was printed so far. */
struct account {
    const struct steps *t;
    int readers, writers;
    long version;
    int reads[MOST], writes[MOST];
};

static void take_line(struct account *a, int number, const char *line)
{
    const struct steps *t = a->t;
    long version;
    int i, end = 0;

    if (sscanf(line, "reader %d sees %ld%n", &i, &version, &end) == 2 && line[end] == '\n' &&
        i >= 0 && i < a->readers) {
        gr_expect(t->r, version >= 0, "`%s`, line %d: reader %d sees a page of two versions",
                  t->p->command, number, i);
        gr_expect(
            t->r, version == a->version,
            "`%s`, line %d: reader %d sees version %ld; the last one that a writer made before "
            "this line is %ld (print while you are inside)",
            t->p->command, number, i, version, a->version);
        a->reads[i]++;
        return;
    }
    if (sscanf(line, "writer %d makes %ld%n", &i, &version, &end) != 2 || line[end] != '\n' ||
        i < 0 || i >= a->writers)
        gr_fail(
            t->r, GR_FAIL,
            "`%s`: line %d should be \"reader I sees V\" or \"writer I makes V\", written with one "
            "call; it begins with \"%.60s\"",
            t->p->command, number, line);
    gr_expect(
        t->r, version == a->version + 1,
        "`%s`, line %d: writer %d makes version %ld; after %ld comes %ld (print while you are "
        "inside)",
        t->p->command, number, i, version, a->version, a->version + 1);
    a->version++;
    a->writes[i]++;
}

static void expect_versions(const struct steps *t, int readers, int writers, int k)
{
    struct account a = {.t = t, .readers = readers, .writers = writers};
    const char *line = gr_buf_text(&t->p->outbuf);

    for (int number = 1; *line && strchr(line, '\n'); number++) {
        take_line(&a, number, line);
        line = strchr(line, '\n') + 1;
    }
    gr_expect(t->r, *line == '\0',
              "`%s`: behind the last line stands \"%.60s\", which is none of the contract",
              t->p->command, line);
    for (int i = 0; i < readers; i++)
        gr_expect(t->r, a.reads[i] == k, "`%s`: reader %d read %d times, not %d", t->p->command, i,
                  a.reads[i], k);
    for (int i = 0; i < writers; i++)
        gr_expect(t->r, a.writes[i] == k, "`%s`: writer %d wrote %d times, not %d", t->p->command,
                  i, a.writes[i], k);
}

static bool writer_is_one(const struct gr_hook *a, const struct gr_hook *b, int n)
{
    (void)n;
    return strcmp(a->kind, "write") == 0 || strcmp(b->kind, "write") == 0;
}

static void many_versions(const struct steps *t)
{
    expect_versions(t, 10, 10, 50);
}

void rw_versions(struct gr_run *r)
{
    struct steps t = start_steps(r, "rw 3 2 20", NULL);

    expect_good_end(&t);
    expect_versions(&t, 3, 2, 20);
    expect_apart(&t, writer_is_one, 0, page_rule);
    t = start_shaken(r, "rw 4 2 20");
    expect_good_end(&t);
    expect_versions(&t, 4, 2, 20);
    expect_apart(&t, writer_is_one, 0, page_rule);
    t = start_shaken(r, "rw 1 4 10");
    expect_good_end(&t);
    expect_versions(&t, 1, 4, 10);
    t = start_steps(r, "rw 10 10 50", NULL);
    gr_expect_exit(r, t.p, 0);
    expect_versions(&t, 10, 10, 50);
    expect_old_names_ignored(&t, "rw 10 10 50", many_versions);
}

void rw_readers_together(struct gr_run *r)
{
    static const char *const rules[] = {"stop=at:want.write:1", "stop=at:enter.read:1", NULL};
    static const char apart[] =
        "a reader is inside and no writer waits, but another reader does not "
        "come in: readers may read at the same time";
    struct steps t = start_steps(r, "rw 20 1 2", rules);
    char place[32];

    for (int i = 0; i < 20; i++) {
        snprintf(place, sizeof place, "enter.read.%d", i);
        expect_held(&t, place, apart);
    }
    expect_good_end(&t);
    expect_versions(&t, 20, 1, 2);
}

void rw_writer_alone(struct gr_run *r)
{
    /* The others ask only when the one that is held is inside. */
    static const char *const writer[] = {"stop=at:enter.write.0:1", "stop=at:want.read:1",
                                         "stop=at:want.write.1:1", "stop=at:want.write.2:1", NULL};
    static const char *const reader[] = {"stop=at:enter.read.0:1", "stop=at:want.write:1",
                                         "stop=at:want.read.1:1", "stop=at:want.read.2:1", NULL};
    struct steps t = start_steps(r, "rw 3 3 2", writer);

    let_others_go(&t, expect_held(&t, "enter.write.0", "a writer never comes in"));
    expect_still(&t);
    expect_apart(&t, writer_is_one, 0, page_rule);
    expect_good_end(&t);
    expect_apart(&t, writer_is_one, 0, page_rule);
    expect_versions(&t, 3, 3, 2);

    t = start_steps(r, "rw 3 3 2", reader);
    let_others_go(&t, expect_held(&t, "enter.read.0", "a reader never comes in"));
    expect_still(&t);
    expect_apart(&t, writer_is_one, 0, page_rule);
    expect_good_end(&t);
    expect_apart(&t, writer_is_one, 0, page_rule);
    expect_versions(&t, 3, 3, 2);
}

/* Which came first after the reader inside had left? */
static void expect_writer_before(const struct steps *t, int reader)
{
    struct gr_hook h;

    for (size_t at = t->from; gr_hook_next(&t->s->calls, &at, &h);) {
        if (strcmp(h.what, "enter") != 0)
            continue;
        if (strcmp(h.kind, "write") == 0)
            return;
        gr_expect(
            t->r, h.i != reader,
            "a writer waited when reader %d came, but when the page was free the reader was let "
            "in first: readers without end would keep a writer out for ever",
            reader);
    }
}

static const char *const reader_inside[] = {"stop=at:want.read.1:1", "stop=at:want.write.0:1",
                                            "stop=at:enter.read.0:1", NULL};

/* @t was started with these rules: a reader is inside, a writer comes, then one more reader. */
static void expect_order(const struct steps *run)
{
    struct steps t = *run;
    int writer, reader;

    expect_held(&t, "enter.read.0", "the first reader does not come in");
    writer = expect_held(&t, "want.write.0", "the writer does not come");
    reader = expect_held(&t, "want.read.1", "the second reader does not come");
    gr_resume(t.s, writer);
    expect_no_hook(&t, "enter", "write", 0, "a reader is inside, and a writer came in");
    gr_resume(t.s, reader);
    expect_no_hook(&t, "enter", "read", 1,
                   "a reader is inside and a writer waits; a reader that came after the writer was "
                   "let in before it: readers without end would keep a writer out for ever");
    expect_good_end(&t);
    expect_writer_before(&t, 1);
    expect_versions(&t, 2, 1, 2);
}

void rw_waiting_writer_first(struct gr_run *r)
{
    struct steps t = start_steps(r, "rw 2 1 2", reader_inside);

    expect_order(&t);
}

void rw_survives_interrupts(struct gr_run *r)
{
    static const char *const inside[] = {"stop=at:enter.write:1", "stop=at:enter.read:1", NULL};
    struct steps t = start_denied(r, "rw 2 2 2", inside);

    expect_still(&t);
    expect_apart(&t, writer_is_one, 0, page_rule);
    expect_good_end(&t);
    expect_apart(&t, writer_is_one, 0, page_rule);
    expect_versions(&t, 2, 2, 2);
    t = start_denied(r, "rw 2 1 2", reader_inside);
    expect_order(&t);
    t = start_interrupted(r, "rw 3 2 20");
    gr_expect_exit(r, t.p, 0);
    expect_apart(&t, writer_is_one, 0, page_rule);
    expect_versions(&t, 3, 2, 20);
}

void rw_refuses_bad_arguments(struct gr_run *r)
{
    static const char *const bad[][6] = {
        {"rw", NULL},
        {"rw", "1", "1", NULL},
        {"rw", "0", "1", "5", NULL},
        {"rw", "1", "0", "5", NULL},
        {"rw", "1", "1", "0", NULL},
        {"rw", "21", "1", "5", NULL},
        {"rw", "1", "21", "5", NULL},
        {"rw", "1", "1", "1001", NULL},
        {"rw", "1", "+1", "5", NULL},
        {"rw", "1", "1", "", NULL},
        {"rw", "1", "1", "5", "5", NULL},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        gr_expect_usage(r, bad[i]);
    expect_full_disk_told(r, "rw 2 2 3");
    expect_failed_call_told(r, "rw 2 2 3");
    expect_largest_taken(r, "rw 20 20 1000", "want.read.19");
}

void rw_memory(struct gr_run *r)
{
    run_bare(r, "rw 2 2 3");
}

void rw_leaves_nothing(struct gr_run *r)
{
    static const char *const writer[] = {"stop=at:enter.write.0:1", "stop=at:want.read:1",
                                         "stop=at:want.write.1:1", NULL};

    run_bare(r, "rw 3 2 10");
    expect_quiet(r, "rw 2 2 2", writer, "enter.write.0");
    /* Last, as the next run might clear away what this one leaves. */
    expect_full_disk_told(r, "rw 2 2 3");
}

/* Of three readers and one writer two readers come one after the other, whatever the schedule: then
 * no semaphore of a writer orders them by chance. */
void rw_races(struct gr_run *r)
{
    static const char *const lines[] = {"rw 3 1 1", "rw 4 2 6", NULL};

    expect_no_races(r, lines);
}
