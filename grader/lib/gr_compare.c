/* SPDX-License-Identifier: MIT */
/* Comparing what came with what should have come: the first difference, shown with what stands
 * around it. */
#include "gr_suite.h"

#include <stdlib.h>
#include <string.h>

enum { EXCERPT = 1500 }; /* bytes shown before and after a difference */

/* Where the texts part: line and column from 1, and the offset of the line's start. */
static size_t first_difference(const char *a, size_t na, const char *b, size_t nb, long *line,
                               long *col)
{
    size_t i = 0;

    *line = *col = 1;
    for (; i < na && i < nb && a[i] == b[i]; i++) {
        ++*col;
        if (a[i] == '\n') {
            ++*line;
            *col = 1;
        }
    }
    return i;
}

/* Cut @text around @at at line borders and escape it. @skipped: lines left out before. */
static char *excerpt(const char *text, size_t len, size_t at, long *skipped)
{
    size_t from = at > EXCERPT ? at - EXCERPT : 0;
    size_t to = at + EXCERPT < len ? at + EXCERPT : len;

    *skipped = 0;
    if (from > len)
        from = len;
    if (to < from)
        to = from;
    while (from > 0 && from < at && text[from - 1] != '\n')
        from++;
    for (size_t i = 0; i < from; i++)
        *skipped += text[i] == '\n';
    return gr_escape(text + from, to - from, (size_t)2 * EXCERPT);
}

void gr_expect_bytes_because(struct gr_run *r, const char *what, const char *got, size_t got_len,
                             const char *want, size_t want_len, const char *because)
{
    const char *colon = because ? ": " : "", *end = because ? because : "";
    long line, col, skipped;
    size_t at;

    if (got_len == want_len && memcmp(got, want, want_len) == 0)
        return;
    at = first_difference(got, got_len, want, want_len, &line, &col);
    r->rec.actual = excerpt(got, got_len, at, &skipped);
    r->rec.expected = excerpt(want, want_len, at, &skipped);
    r->rec.from_line = skipped + 1;
    r->rec.diff_line = line;
    r->rec.diff_col = col;
    if (got_len == 0)
        gr_fail(r, GR_FAIL, "%s is empty; %zu bytes were expected%s%s", what, want_len, colon, end);
    if (at == got_len)
        gr_fail(r, GR_FAIL, "%s ends too early, after %zu of %zu bytes%s%s", what, got_len,
                want_len, colon, end);
    if (at == want_len)
        gr_fail(r, GR_FAIL, "%s is right, but goes on after its end with %zu bytes more%s%s", what,
                got_len - want_len, colon, end);
    gr_fail(r, GR_FAIL, "%s differs from line %ld, column %ld on%s%s", what, line, col, colon, end);
}

void gr_expect_bytes(struct gr_run *r, const char *what, const char *got, size_t got_len,
                     const char *want, size_t want_len)
{
    gr_expect_bytes_because(r, what, got, got_len, want, want_len, NULL);
}

/* How often @text holds the whole line @line of @n bytes, newline included. */
static size_t count_line(const char *text, size_t len, const char *line, size_t n)
{
    const char *end = text + len;
    size_t count = 0;

    for (const char *at = text; (at = memmem(at, (size_t)(end - at), line, n)); at++)
        count += at == text || at[-1] == '\n';
    return count;
}

/* The mark of text that lay in stdio's buffer at a fork: where the output first differs stands a
 * line again that came before, more often than it should. */
static const char *why_repeated(const char *got, size_t got_len, const char *want, size_t want_len)
{
    size_t at = 0, n;

    while (at < got_len && at < want_len && got[at] == want[at])
        at++;
    while (at > 0 && got[at - 1] != '\n')
        at--;
    n = at < got_len ? strcspn(got + at, "\n") : 0;
    if (n == 0 || got[at + n] != '\n' || count_line(got, at, got + at, n + 1) == 0 ||
        count_line(got, got_len, got + at, n + 1) <= count_line(want, want_len, got + at, n + 1))
        return NULL;
    return "the lines from there on came before: was text still in stdio's buffer at a fork()?";
}

void gr_expect_out_bytes(struct gr_run *r, struct gr_proc *p, const char *want, size_t want_len)
{
    const char *got = gr_buf_text(&p->outbuf);
    size_t len = p->outbuf.len;

    r->about = p;
    if (len == want_len && memcmp(got, want, len) == 0)
        return;
    gr_show_stderr(r, p);
    gr_expect_bytes_because(r, "stdout", got, len, want, want_len,
                            why_repeated(got, len, want, want_len));
}

void gr_expect_out(struct gr_run *r, struct gr_proc *p, const char *text)
{
    gr_expect_out_bytes(r, p, text, strlen(text));
}
