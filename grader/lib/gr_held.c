/* SPDX-License-Identifier: MIT */
/* Who was held when a step failed: without these words a stopped process in the report is a riddle.
 */
#include "gr_held.h"
#include "gr_kit.h"
#include "gr_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "at:enter.read.0" as the call it was, kit_enter("read", 0); "before:semget" as it is. */
static void put_place(struct gr_text *t, const struct gr_call *c)
{
    char what[8], kind[28];
    int i;

    if (sscanf(c->args, "at:%7[a-z].%27[A-Za-z0-9_-].%d", what, kind, &i) == 3)
        gr_text_addf(t, "in kit_%s(\"%s\", %d)", what, kind, i);
    else if (sscanf(c->args, "at:point.%27[A-Za-z0-9_-]", kind) == 1)
        gr_text_addf(t, "in kit_point(\"%s\")", kind);
    else if (strncmp(c->args, "before:", 7) == 0)
        gr_text_addf(t, "just before it calls %.*s()", (int)c->args_len - 7, c->args + 7);
    else if (strncmp(c->args, "after:", 6) == 0)
        gr_text_addf(t, "just after it called %.*s()", (int)c->args_len - 6, c->args + 6);
    else
        gr_text_adds(t, "at a place of the grader's");
}

/* Does the process go on later in the log, from offset @at? */
static bool goes_on(const struct gr_buf *calls, size_t at, int pid)
{
    struct gr_call c;

    while (gr_calls_next(calls, &at, "@on", &c))
        if (c.pid == pid)
            return true;
    return false;
}

static bool is_clean(const struct gr_call *c)
{
    for (size_t i = 0; i < c->args_len; i++)
        if (c->args[i] < ' ' || c->args[i] > '~')
            return false; /* no line of ours */
    return true;
}

void gr_tell_held(struct gr_run *r)
{
    const struct gr_buf *calls = &r->scene->calls;
    struct gr_call c;
    int n = 0;

    for (size_t at = 0; r->failed && n < 9 && gr_calls_next(calls, &at, "@stop", &c);) {
        struct gr_text t = {0};
        char *text;

        if (!is_clean(&c) || goes_on(calls, at, c.pid))
            continue;
        n++;
        gr_text_addf(&t, "The grader held pid %d ", c.pid);
        put_place(&t, &c);
        gr_text_adds(&t, ", to see what the others do meanwhile.");
        text = gr_text_take(&t);
        gr_record_add_finding(&r->rec, "held", NULL, c.pid, NULL, NULL, text);
        free(text);
    }
}
