/* SPDX-License-Identifier: MIT */
/*
 * Purpose: a submission as one line of RFC 4180, for gradebooks and spreadsheets.
 */
#include "gr_csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gr_text.h"

/* Quote only where it is needed. A leading = + - @ would make a spreadsheet calculate, and a line
 * end in quotes would be two lines for grep and sort. */
static void field(FILE *out, const char *s, const char *before)
{
    bool quote = strpbrk(s, ",\"") != NULL;

    fputs(before, out);
    fputs(quote ? "\"" : "", out);
    if (*s && strchr("=+-@", *s))
        fputs("./", out); /* only a folder's name can begin so, and means the same with it */
    for (; *s; s++) {
        if (*s == '\n' || *s == '\r') {
            fputs(*s == '\n' ? "\\n" : "\\r", out);
            continue;
        }
        if (*s == '"')
            fputc('"', out);
        fputc(*s, out);
    }
    fputs(quote ? "\"" : "", out);
}

static int finish(FILE *out)
{
    fputs("\r\n", out);
    return fflush(out) == EOF || ferror(out) ? -1 : 0;
}

int gr_csv_header(FILE *out, const struct gr_result *res)
{
    fputs("source,lab,earned,judged,max,verdicts", out);
    for (size_t i = 0; i < res->nrecords; i++)
        field(out, res->records[i].id, ",");
    return finish(out);
}

static void verdicts(FILE *out, const struct gr_result *res)
{
    const char *gap = ",";

    for (int v = 0; v < GR_NVERDICTS; v++) {
        size_t n = 0;

        for (size_t i = 0; i < res->nrecords; i++)
            n += (int)res->records[i].verdict == v;
        if (n > 0)
            fprintf(out, "%s%s:%zu", gap, gr_verdict_name((enum gr_verdict)v), n);
        if (n > 0)
            gap = " ";
    }
    if (*gap == ',')
        fputs(gap, out);
}

int gr_csv_line(FILE *out, const struct gr_result *res)
{
    int earned, judged, max;
    char *source = gr_escape(res->source, strlen(res->source), 4096);

    gr_result_totals(res, &earned, &judged, &max);
    field(out, source, "");
    free(source);
    field(out, res->lab, ",");
    fprintf(out, ",%d,%d,%d", earned, judged, max);
    verdicts(out, res);
    for (size_t i = 0; i < res->nrecords; i++) {
        const struct gr_record *r = &res->records[i];

        if (r->verdict == GR_INFRA || r->verdict == GR_NOT_JUDGED)
            fputc(',', out); /* empty: no number would be true */
        else
            fprintf(out, ",%d", r->points);
    }
    return finish(out);
}
