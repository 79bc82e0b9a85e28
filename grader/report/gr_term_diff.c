/* SPDX-License-Identifier: MIT */
/*
 * Purpose: show where the output first went wrong. A few lines around it, a window of columns
 * around it when lines are long, and a caret under the very character.
 */
#include <stdlib.h>
#include <string.h>

#include "gr_diff.h"
#include "gr_term.h"
#include "gr_text.h"

enum { BEFORE = 2, AFTER = 2, WIDTH = 72, LEAD = 40 };

struct line {
    const char *s;
    size_t len;
    bool ended; /* by a newline */
};

/* Return: whether @text has a line number @n (from 1); an empty rest is not a line. */
static bool line_at(const char *text, long n, struct line *l)
{
    while (n > 1 && *text) {
        text += strcspn(text, "\n");
        text += *text == '\n';
        n--;
    }
    l->s = text;
    l->len = strcspn(text, "\n");
    l->ended = text[l->len] == '\n';
    return *text != '\0';
}

/* Move over @n characters of the line, at most to its end. */
static const char *skip(const char *s, const char *end, long n)
{
    for (; n > 0 && s < end; n--)
        do
            s++;
        while (s < end && ((unsigned char)*s & 0xc0) == 0x80);
    return s;
}

/* Print columns [from, from + WIDTH) and say with dots what is left out on either side. */
static void put_window(struct gr_term *t, const struct line *l, long from)
{
    const char *end = l->s + l->len, *a = skip(l->s, end, from - 1), *b = skip(a, end, WIDTH);
    char *piece = strndup(a, (size_t)(b - a));

    fputs(from > 1 ? "..." : "", t->out);
    if (piece)
        gr_term_puts(t, piece);
    fputs(b < end ? "..." : "", t->out);
    free(piece);
}

static void put_line(struct gr_term *t, const struct line *l, long n, long from, bool here)
{
    fprintf(t->out, "    %s%4ld | ", here ? ">" : " ", n + t->skipped);
    put_window(t, l, from);
    fputc('\n', t->out);
}

/* What stands at the difference when it is not a character one can see. */
static const char *ending(const struct line *l, bool there, long col)
{
    const char *end = l->s + l->len;

    if (!there)
        return "the output ends before this line";
    if (skip(l->s, end, col - 1) < end)
        return NULL;
    return l->ended ? "the line ends here" : "the output ends here, without a newline";
}

static void put_caret(struct gr_term *t, const char *text, long n, long col, long from)
{
    struct line l;
    bool there = line_at(text, n, &l);
    const char *why = ending(&l, there, col);
    long pad = there ? col - from + (from > 1 ? 3 : 0) : 0;

    if (!there)
        fprintf(t->out, "    >%4ld | \n", n + t->skipped);
    fprintf(t->out, "%12s%*s", "", (int)pad, "");
    gr_term_paint(t, "31;1", "^");
    if (why)
        fprintf(t->out, " %s", why);
    fputc('\n', t->out);
}

static void put_side(struct gr_term *t, const char *name, const char *text, long n, long col)
{
    long from = col > WIDTH - 8 ? col - LEAD : 1, i = n > BEFORE ? n - BEFORE : 1;
    struct line l;

    fprintf(t->out, "    %s:\n", name);
    for (; i < n && line_at(text, i, &l); i++)
        put_line(t, &l, i, 1, false);
    if (line_at(text, n, &l))
        put_line(t, &l, n, from, true);
    put_caret(t, text, n, col, from);
    for (i = n + 1; i <= n + AFTER && line_at(text, i, &l); i++)
        put_line(t, &l, i, 1, false);
    if (line_at(text, i, &l))
        fputs("          | ...\n", t->out);
}

/* Both in full, as far as that stays readable; used when they do not differ as text. */
static void put_plain(struct gr_term *t, const char *name, const char *text)
{
    struct line l;
    long i;

    fprintf(t->out, "    %s:\n", name);
    for (i = 1; i <= 6 && line_at(text, i, &l); i++)
        put_line(t, &l, i, 1, false);
    if (i == 1)
        fputs("          | (nothing)\n", t->out);
    else if (line_at(text, i, &l))
        fputs("          | ...\n", t->out);
}

/* Part P of every lab is Predict: there nothing was expected but what the student wrote. */
static bool is_prediction(const struct gr_record *r)
{
    size_t len = r->part ? strlen(r->part) : 0;

    return len > 0 && r->part[len - 1] == 'P';
}

void gr_term_diff(struct gr_term *t, const struct gr_record *r)
{
    const char *wanted = is_prediction(r) ? "predicted" : "expected";
    const char *came = is_prediction(r) ? "happened" : "came";
    long line = r->diff_line, col = r->diff_col, own_line, own_col;

    if (!r->expected && !r->actual)
        return;
    t->skipped = r->from_line > 1 ? r->from_line - 1 : 0;
    /* The suite may have compared more than was kept; only a place we can find is marked. */
    if (!r->expected || !r->actual || is_prediction(r) ||
        !gr_first_diff(r->expected, r->actual, &own_line, &own_col)) {
        if (r->expected)
            put_plain(t, wanted, r->expected);
        if (r->actual)
            put_plain(t, came, r->actual);
        return;
    }
    if (line > 0 && (line != own_line + t->skipped || col != own_col))
        fprintf(t->out, "    first difference: line %ld, column %ld of the whole output\n", line,
                col);
    else
        fprintf(t->out, "    first difference: line %ld, column %ld\n", own_line + t->skipped,
                own_col);
    put_side(t, wanted, r->expected, own_line, own_col);
    put_side(t, came, r->actual, own_line, own_col);
}
