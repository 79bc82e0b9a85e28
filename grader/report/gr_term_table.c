/* SPDX-License-Identifier: MIT */
/*
 * Purpose: what it adds up to, per part and in all, and aloud what was not judged.
 */
#include <string.h>

#include "gr_term.h"

/* Points of one part and kind; @max 0 when the part has no such item. */
static void sum(const struct gr_result *res, const char *part, int kind, int *got, int *max)
{
    *got = *max = 0;
    for (size_t i = 0; i < res->nrecords; i++) {
        const struct gr_record *r = &res->records[i];

        if ((part && strcmp(r->part, part) != 0) || (kind >= 0 && (int)r->kind != kind))
            continue;
        *got += r->points;
        *max += r->max;
    }
}

static void put_cell(struct gr_term *t, int got, int max, int width)
{
    char cell[32];

    if (max == 0)
        snprintf(cell, sizeof(cell), "-");
    else
        snprintf(cell, sizeof(cell), "%d/%d", got, max);
    fprintf(t->out, " %*s", width, cell);
}

static void put_row(struct gr_term *t, const struct gr_result *res, const char *part)
{
    int got, max;

    fputs("  ", t->out);
    gr_term_puts(t, part ? part : "total");
    fprintf(t->out, "%*s",
            (int)(8 - strlen(part ? part : "total")) > 0 ? (int)(8 - strlen(part ? part : "total"))
                                                         : 0,
            "");
    for (int k = 0; k < GR_NKINDS; k++) {
        sum(res, part, k, &got, &max);
        put_cell(t, got, max, 10);
    }
    sum(res, part, -1, &got, &max);
    put_cell(t, got, max, 10);
    fputc('\n', t->out);
}

static bool first_of_part(const struct gr_result *res, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(res->records[k].part, res->records[i].part) == 0)
            return false;
    return true;
}

static void put_gated(struct gr_term *t, const struct gr_result *res)
{
    for (size_t i = 0; i < res->nrecords; i++) {
        const struct gr_record *r = &res->records[i];
        int n = 0;

        if (!first_of_part(res, i))
            continue;
        for (size_t k = i; k < res->nrecords; k++)
            if (res->records[k].gated && strcmp(res->records[k].part, r->part) == 0)
                fprintf(t->out, "%s%s", n++ ? " " : "\n  ", res->records[k].id);
        if (n > 0) {
            fprintf(t->out, ": passed, count%s when all of ", n == 1 ? "s" : "");
            gr_term_puts(t, r->part);
            fputs("'s behaviour passes", t->out);
        }
    }
    fputc('\n', t->out);
}

static void put_total(struct gr_term *t, const struct gr_result *res)
{
    int earned, judged, max;
    char total[96];

    gr_result_totals(res, &earned, &judged, &max);
    if (judged < max)
        snprintf(total, sizeof(total), "%d/%d of %d judged", earned, judged, max);
    else
        snprintf(total, sizeof(total), "%d/%d", earned, max);
    fputs("\n", t->out);
    gr_term_paint(t, earned == max && judged == max ? "32;1" : "1", total);
    if (t->only) {
        fputs(" of the items chosen by --test ", t->out);
        gr_term_puts(t, t->only);
    }
    fputc('\n', t->out);
    if (judged < max)
        fputs("Items marked ?? or -- were not judged: they are neither passed nor failed.\n",
              t->out);
}

void gr_term_table(struct gr_term *t, const struct gr_result *res)
{
    fprintf(t->out, "\n  %-8s", "part");
    for (int k = 0; k < GR_NKINDS; k++)
        fprintf(t->out, " %10s", gr_kind_name((enum gr_kind)k));
    fprintf(t->out, " %10s\n", "points");
    for (size_t i = 0; i < res->nrecords; i++)
        if (first_of_part(res, i))
            put_row(t, res, res->records[i].part);
    put_row(t, res, NULL);
    put_gated(t, res);
    if (res->warning)
        gr_term_note(t, res->warning);
    if (!res->complete)
        gr_term_note(t, "the run was broken off; this is not a grade");
    put_total(t, res);
}
