/* SPDX-License-Identifier: MIT */
/* The line with which a program tells what failed, compared with what did fail. */
#include "gr_moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERRNO_MAX = 134 };

/* `PROG: CALL: reason` and nothing else: where its parts are. */
struct complaint {
    const char *call, *reason;
    size_t call_len, reason_len;
};

static bool read_complaint(const struct gr_proc *p, const char *text, struct complaint *out)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    const char *nl = strchr(text, '\n');
    size_t n = strlen(p->name);

    if (!nl || nl[1] != '\0' || strncmp(text, p->name, n) != 0 || strncmp(text + n, ": ", 2) != 0)
        return false;
    out->call = text + n + 2;
    out->call_len = strspn(out->call, word);
    if (out->call_len == 0 || strncmp(out->call + out->call_len, ": ", 2) != 0)
        return false;
    out->reason = out->call + out->call_len + 2;
    out->reason_len = (size_t)(nl - out->reason);
    return out->reason_len > 0;
}

/* What strerror() says of the error called @name ("ENOENT"). */
static const char *reason_of(const char *name)
{
    for (int e = 1; e < ERRNO_MAX; e++) {
        const char *this = strerrorname_np(e);

        if (this && strcmp(this, name) == 0)
            return strerror(e);
    }
    return NULL;
}

static bool tells_of(const struct complaint *said, const struct gr_call *c)
{
    const char *reason = reason_of(c->error);

    return strlen(c->name) == said->call_len && memcmp(c->name, said->call, said->call_len) == 0 &&
           (!reason || (strlen(reason) == said->reason_len &&
                        memcmp(reason, said->reason, said->reason_len) == 0));
}

/* Which call failed the log knows only of the calls that are traced. A program that gave up for
 * another reason has no failed call there, and may name what it likes. */
static void expect_true(struct gr_run *r, const struct gr_proc *p, const struct complaint *said)
{
    struct gr_call c, last = {.pid = 0};
    const char *reason;

    for (size_t at = 0; gr_calls_next(&p->scene->calls, &at, NULL, &c);) {
        if (!gr_call_is_of(p, &c) || c.name[0] == '@' || c.result != -1 || !c.error[0])
            continue;
        if (tells_of(said, &c))
            return;
        last = c;
    }
    if (last.pid == 0)
        return;
    gr_show_stderr(r, p);
    reason = reason_of(last.error);
    gr_fail(r, GR_FAIL,
            "`%s` said on stderr that %.*s failed; what failed is %s(), with %s. The line "
            "should be `%s: %s: %s`",
            p->command, (int)said->call_len, said->call, last.name, last.error, p->name, last.name,
            reason ? reason : last.error);
}

void gr_expect_complaint(struct gr_run *r, const struct gr_proc *p)
{
    struct complaint said;

    if (read_complaint(p, gr_buf_text(&p->errbuf), &said)) {
        expect_true(r, p, &said);
        return;
    }
    gr_show_stderr(r, p);
    gr_fail(r, GR_FAIL, "`%s` should say on stderr what failed, in one line `%s: CALL: reason`",
            p->command, p->name);
}
