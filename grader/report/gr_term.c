/* SPDX-License-Identifier: MIT */
/*
 * Purpose: the terminal writer's frame: the stream, colours, one line per item.
 */
#include "gr_term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gr_text.h"

static bool wants_color(FILE *out)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(fileno(out)) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

void gr_term_init(struct gr_term *t, FILE *out, enum gr_color color)
{
    const char *term = getenv("TERM");

    memset(t, 0, sizeof(*t));
    t->out = out;
    t->color = color == GR_COLOR_ALWAYS || (color == GR_COLOR_AUTO && wants_color(out));
    t->progress = isatty(fileno(out)) && term && strcmp(term, "dumb") != 0;
    t->command = "build/bin/ipclab";
}

void gr_term_puts(struct gr_term *t, const char *s)
{
    char *clean = gr_clean(s);

    fputs(clean, t->out);
    free(clean);
}

void gr_term_paint(struct gr_term *t, const char *sgr, const char *text)
{
    if (t->color)
        fprintf(t->out, "\033[%sm", sgr);
    gr_term_puts(t, text);
    if (t->color)
        fputs("\033[0m", t->out);
}

void gr_term_lines(struct gr_term *t, const char *indent, const char *text)
{
    char *copy = strdup(text), *save = NULL, *s;

    for (s = copy ? strtok_r(copy, "\n", &save) : NULL; s; s = strtok_r(NULL, "\n", &save)) {
        fputs(indent, t->out);
        gr_term_puts(t, s);
        fputc('\n', t->out);
    }
    free(copy);
}

static void erase(struct gr_term *t)
{
    if (t->line_open)
        fputs("\r\033[K", t->out);
    t->line_open = false;
}

void gr_term_begin(struct gr_term *t, const struct gr_result *res, size_t nitems)
{
    fprintf(t->out, "%s: ", res->title);
    gr_term_puts(t, res->source);
    fprintf(t->out, ", %zu item%s, seed %llu, jail %s\n", nitems, nitems == 1 ? "" : "s",
            (unsigned long long)res->seed, res->jail);
    if (res->warning)
        gr_term_note(t, res->warning);
    fflush(t->out);
}

void gr_term_progress(struct gr_term *t, size_t done, size_t total, const char *running)
{
    if (!t->progress)
        return;
    erase(t);
    fprintf(t->out, "[%2zu/%zu] running ", done, total);
    if (strlen(running) > 55)
        fprintf(t->out, "%.52s...", running);
    else
        gr_term_puts(t, running);
    t->line_open = true;
    fflush(t->out);
}

void gr_term_note(struct gr_term *t, const char *text)
{
    erase(t);
    gr_term_paint(t, "33", "note: ");
    gr_term_puts(t, text);
    fputc('\n', t->out);
    fflush(t->out);
}

static void mark(struct gr_term *t, const struct gr_record *r)
{
    if (r->verdict == GR_PASS)
        gr_term_paint(t, r->gated ? "33" : "32", "  ok  ");
    else if (r->verdict == GR_INFRA)
        gr_term_paint(t, "35", "  ??  ");
    else if (r->verdict == GR_NOT_JUDGED)
        gr_term_paint(t, "35", "  --  ");
    else
        gr_term_paint(t, "31", " FAIL ");
}

/* One line on what to do first, where that is known without the details. */
static void put_first(struct gr_term *t, const struct gr_record *r)
{
    const char *s = r->first ? r->first : r->message;
    bool short_cause = r->verdict == GR_COMPILE_ERROR || r->verdict == GR_FORBIDDEN;
    char *line;

    if (!s || !(r->first || short_cause))
        return;
    line = strndup(s, strcspn(s, "\n"));
    gr_term_lines(t, "         ", line ? line : "");
    free(line);
}

void gr_term_item(struct gr_term *t, const struct gr_record *r)
{
    erase(t);
    mark(t, r);
    fputs(" ", t->out);
    gr_term_puts(t, r->id);
    fprintf(t->out, "%*s %2d/%-2d  ", (int)(strlen(r->id) < 6 ? 6 - strlen(r->id) : 0), "",
            r->points, r->max);
    gr_term_puts(t, r->title);
    if (r->verdict != GR_PASS) {
        fputs("  ", t->out);
        gr_term_paint(t, "1", gr_verdict_name(r->verdict));
    }
    fputc('\n', t->out);
    if (r->gated) {
        fputs("         counts when all of ", t->out);
        gr_term_puts(t, r->part);
        fputs("'s behaviour passes\n", t->out);
    }
    if (r->verdict != GR_PASS)
        put_first(t, r);
    fflush(t->out);
}

void gr_term_end(struct gr_term *t, const struct gr_result *res)
{
    erase(t);
    gr_term_failures(t, res);
    gr_term_table(t, res);
    fflush(t->out);
}
