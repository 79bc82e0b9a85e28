/* SPDX-License-Identifier: MIT */
/* Lab 05, part 5B: two calls of `ring.c` meet at each instruction where they can. The head comment
 * of grader/suites/05-shared-memory/meet_driver.c tells how, and the format of its lines. */
#include "05_shared_memory.h"

#include <stdio.h>
#include <string.h>

struct meeting {
    const char *what, *came; /* for the driver; what it must say */
    const char *words;       /* "@words just then": what the second process did */
};

enum { MOST = 8 };

/* What both waited for when nothing moved any more. */
static void explain_sleep(struct gr_run *r, const struct meeting *m)
{
    bool pops = strstr(m->what, ":pop:") != NULL;

    gr_fail(r, GR_FAIL,
            "one process was inside %s and had seen that it must wait; before it fell asleep, it "
            "was held for a moment, and %s. Then it went on, fell asleep all the same, and nobody "
            "wakes it any more: what came between its look and its sleep was missed",
            pops ? "ring_pop() on an empty ring" : "ring_push() on a full ring", m->words);
}

/* The line that should not be there. */
static void explain_line(struct gr_run *r, const struct meeting *m, const char *line)
{
    size_t n = strcspn(line, "\n");

    gr_fail(r, GR_FAIL,
            "one process was held at one instruction of ring.c after the other, in turn, and each "
            "time %s; then it went on. It should always come out as `%s`; once it came out as "
            "`%.*s`",
            m->words, m->came, (int)(n < 200 ? n : 200), line);
}

/* Which meeting @line is about. */
static const struct meeting *meeting_of(const struct meeting *m, size_t n, const char *line)
{
    for (size_t i = 0; i < n; i++)
        if (strncmp(line, m[i].what, strlen(m[i].what)) == 0 &&
            strchr(":\n", line[strlen(m[i].what)]))
            return &m[i];
    return m;
}

/* Each meeting must come out as expected, and always so. */
static void expect_meetings(struct gr_run *r, const struct meeting *m, size_t n)
{
    const char *argv[MOST + 2] = {"meet_driver"}, *line;
    const struct meeting *now = m;
    struct gr_proc *p;

    for (size_t k = 0; k < n; k++)
        argv[k + 1] = m[k].what;
    p = gr_run_prog(r, &(struct gr_prog){.argv = argv});
    gr_wait_still(r->scene);
    gr_expect_going(r);
    for (line = gr_buf_text(&p->outbuf); strchr(line, '\n'); line = strchr(line, '\n') + 1) {
        now = meeting_of(m, n, line);
        if (line[strlen(now->what)] != '\n' &&
            (strncmp(line, now->came, strlen(now->came)) != 0 || line[strlen(now->came)] != '\n'))
            explain_line(r, now, line);
    }
    if (!p->ended)
        explain_sleep(r, now);
    gr_expect_exit(r, p, 0);
}

void ring_meets(struct gr_run *r)
{
    static const struct meeting m[] = {
        {"empty:pop:push", "empty:pop:push: pop BBBBBBBBBBBB, push 0, left nothing",
         "another one pushed a record"},
        {"full:push:pop", "full:push:pop: push 0, pop 000000000000, left AAAAAAAAAAAA",
         "another one popped the record that filled the ring"},
        {"empty:push:pop", "empty:push:pop: push 0, pop AAAAAAAAAAAA, left nothing",
         "another one called ring_pop()"},
        {"full:pop:push", "full:pop:push: pop 000000000000, push 0, left BBBBBBBBBBBB",
         "another one called ring_push()"},
    };

    expect_meetings(r, m, sizeof m / sizeof *m);
}

void ring_meets_a_close(struct gr_run *r)
{
    static const struct meeting m[] = {
        {"empty:pop:push-close",
         "empty:pop:push-close: pop BBBBBBBBBBBB, push-close 0, left nothing",
         "another one pushed a record and closed the ring"},
        {"empty:pop:close", "empty:pop:close: pop ENODATA, close 0, left nothing",
         "another one closed the ring"},
        {"full:push:close", "full:push:close: push EPIPE, close 0, left 000000000000",
         "another one closed the ring"},
        {"empty:close:pop", "empty:close:pop: close 0, pop ENODATA, left nothing",
         "another one called ring_pop()"},
        {"full:close:push", "full:close:push: close 0, push EPIPE, left 000000000000",
         "another one called ring_push()"},
    };

    expect_meetings(r, m, sizeof m / sizeof *m);
}
