/* SPDX-License-Identifier: MIT */
/*
 * Purpose: say why items failed, in the order a student needs: what was wrong, where, what idea
 * is behind it, where to read, and the line that makes it happen again. Items with one cause
 * share one block, so that forty items that wait for the same unwritten line are one screen.
 */
#include <stdlib.h>
#include <string.h>

#include "gr_lab.h"
#include "gr_term.h"
#include "gr_text.h"

static bool failed(const struct gr_record *r)
{
    return r->verdict != GR_PASS && r->verdict != GR_NOT_JUDGED;
}

/* What two records share when one block can explain both; NULL when it needs its own. */
static const char *cause(const struct gr_record *r)
{
    if (r->first)
        return "not written yet";
    if (r->verdict == GR_COMPILE_ERROR || r->verdict == GR_FORBIDDEN || r->verdict == GR_INFRA)
        return r->message;
    return NULL;
}

static bool same_cause(const struct gr_record *a, const struct gr_record *b)
{
    const char *x = cause(a), *y = cause(b);

    return x && y && strcmp(x, y) == 0;
}

static void put_field(struct gr_term *t, const char *name, const char *text)
{
    const char *rest = text ? strchr(text, '\n') : NULL;
    char *line;

    if (!text || !*text)
        return;
    line = strndup(text, rest ? (size_t)(rest - text) : strlen(text));
    fprintf(t->out, "    %s: ", name);
    gr_term_puts(t, line ? line : "");
    fputc('\n', t->out);
    free(line);
    if (rest && rest[1])
        gr_term_lines(t, "      ", rest + 1);
}

static void put_finding(struct gr_term *t, const struct gr_finding *f)
{
    fputs("    * ", t->out);
    gr_term_puts(t, f->kind);
    if (f->process) {
        fputs(" in ", t->out);
        gr_term_puts(t, f->process);
        if (f->pid > 0)
            fprintf(t->out, " (pid %d)", f->pid);
    }
    if (f->place) {
        fputs(" at ", t->out);
        gr_term_paint(t, "1", f->place);
    }
    fputc('\n', t->out);
    if (f->text)
        gr_term_lines(t, "        ", f->text);
    if (f->stack)
        gr_term_lines(t, "          by ", f->stack);
}

static void put_reproduce(struct gr_term *t, const struct gr_result *res, const struct gr_record *r)
{
    struct gr_text line = {0};
    char *s;

    gr_text_addf(&line, "%s grade --lab %s --src ", t->command, gr_lab_short(res->lab));
    gr_text_add_quoted(&line, res->source);
    gr_text_adds(&line, " --test ");
    gr_text_add_quoted(&line, r->id);
    gr_text_addf(&line, " --seed %llu", (unsigned long long)res->seed);
    if (res->time_scale < 1 || res->time_scale > 1)
        gr_text_addf(&line, " --time-scale %g", res->time_scale);
    if (strcmp(res->jail, "none") == 0)
        gr_text_adds(&line, " --jail none");
    if (t->extra)
        gr_text_adds(&line, t->extra);
    s = gr_text_take(&line);
    put_field(t, "again", s);
    free(s);
}

static void put_title(struct gr_term *t, const struct gr_record *r)
{
    fputc('\n', t->out);
    gr_term_paint(t, r->verdict == GR_INFRA ? "35;1" : "31;1", r->id);
    fputs(" ", t->out);
    gr_term_paint(t, "1", r->title);
    fprintf(t->out, "  %s\n", gr_verdict_name(r->verdict));
}

static void put_where(struct gr_term *t, const struct gr_result *res, const struct gr_record *r)
{
    if (!r->first) /* the idea belongs to a mistake; here is none yet */
        put_field(t, "idea", r->concept_);
    put_field(t, "read", r->where);
    if (r->hint && *r->hint) {
        fputs("    hints: make hint LAB=", t->out);
        gr_term_puts(t, gr_lab_short(res->lab));
        fputs(" STEP=", t->out);
        gr_term_puts(t, r->hint);
        fputc('\n', t->out);
    }
}

static void put_one(struct gr_term *t, const struct gr_result *res, const struct gr_record *r)
{
    put_title(t, r);
    put_field(t, "first", r->first);
    put_field(t, "why", r->message);
    if (r->command && *r->command) {
        put_field(t, "ran", r->command);
        if (!r->input || !*r->input)
            fputs("    stdin: nothing\n", t->out);
        else
            put_field(t, "stdin", r->input);
    }
    gr_term_diff(t, r);
    for (size_t i = 0; i < r->nfindings && i < 8; i++)
        put_finding(t, &r->findings[i]);
    if (r->nfindings > 8)
        fprintf(t->out, "    * and %zu more; --json FILE has them all\n", r->nfindings - 8);
    put_where(t, res, r);
    put_reproduce(t, res, r);
}

/* One block for @first and every later record of the same cause, which is marked in @told. */
static void put_group(struct gr_term *t, const struct gr_result *res, size_t first, bool *told)
{
    const struct gr_record *r = &res->records[first];
    size_t n = 0;

    fputc('\n', t->out);
    for (size_t i = first; i < res->nrecords; i++) {
        if (told[i] || !failed(&res->records[i]) || !same_cause(r, &res->records[i]))
            continue;
        told[i] = true;
        gr_term_paint(t, "31;1", n++ ? " " : "");
        gr_term_paint(t, "31;1", res->records[i].id);
    }
    if (r->first) {
        fprintf(t->out, "  not written yet, %zu items\n", n);
        put_field(t, "start", r->first);
        fputs("    written? Remove the mark, and each item says what is wrong with it.\n", t->out);
    } else {
        fprintf(t->out, "  %s, one cause for all %zu\n", gr_verdict_name(r->verdict), n);
        put_field(t, "why", r->message);
    }
    put_where(t, res, r);
    put_reproduce(t, res, r);
}

void gr_term_failures(struct gr_term *t, const struct gr_result *res)
{
    bool *told = calloc(res->nrecords + 1, sizeof(*told));

    for (size_t i = 0; told && i < res->nrecords; i++) {
        size_t same = 0;

        if (told[i] || !failed(&res->records[i]))
            continue;
        for (size_t k = i + 1; k < res->nrecords; k++)
            same += failed(&res->records[k]) && same_cause(&res->records[i], &res->records[k]);
        if (same > 0)
            put_group(t, res, i, told);
        else
            put_one(t, res, &res->records[i]);
    }
    free(told);
}
