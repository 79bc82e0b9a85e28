/* SPDX-License-Identifier: MIT */
/*
 * Purpose: the names, the points and the exit status of a grading. Whatever a writer shows, these
 * few rules decide what it adds up to.
 */
#include "gr_result.h"

#include <stdlib.h>
#include <string.h>

#include "gr_alloc.h"

static const char *const verdict_names[GR_NVERDICTS] = {
    "TAMPER",     "COMPILE_ERROR", "FORBIDDEN",    "CRASH", "DEADLOCK", "CPU_LIMIT",
    "WALL_LIMIT", "MEM_LIMIT",     "OUTPUT_LIMIT", "FAIL",  "RACE",     "MEMCHECK",
    "LEAK",       "LEFTOVER",      "SPIN",         "PASS",  "INFRA",    "NOT_JUDGED",
};
static const char *const kind_names[GR_NKINDS] = {"behaviour", "memory", "hygiene", "races"};
static const char *const lens_names[GR_NLENSES] = {"plain",    "memcheck", "inject",
                                                   "ipcgrind", "helgrind", "drd"};

static int parse(const char *name, const char *const *names, int n)
{
    int i;

    for (i = 0; name && i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return n;
}

static const char *name_of(unsigned v, const char *const *names, unsigned n)
{
    return v < n ? names[v] : "?";
}

const char *gr_verdict_name(enum gr_verdict v)
{
    return name_of(v, verdict_names, GR_NVERDICTS);
}

enum gr_verdict gr_verdict_parse(const char *name)
{
    return (enum gr_verdict)parse(name, verdict_names, GR_NVERDICTS);
}

const char *gr_kind_name(enum gr_kind k)
{
    return name_of(k, kind_names, GR_NKINDS);
}

enum gr_kind gr_kind_parse(const char *name)
{
    return (enum gr_kind)parse(name, kind_names, GR_NKINDS);
}

const char *gr_lens_name(enum gr_lens l)
{
    return name_of(l, lens_names, GR_NLENSES);
}

enum gr_lens gr_lens_parse(const char *name)
{
    return (enum gr_lens)parse(name, lens_names, GR_NLENSES);
}

void gr_record_init(struct gr_record *r)
{
    memset(r, 0, sizeof(*r));
    r->verdict = GR_INFRA; /* until somebody says better: an untouched record must not pass */
}

static void finding_release(struct gr_finding *f)
{
    free(f->kind);
    free(f->process);
    free(f->text);
    free(f->stack);
    free(f->place);
}

void gr_record_release(struct gr_record *r)
{
    char *const texts[] = {r->id,      r->title, r->part,     r->message, r->expected, r->actual,
                           r->command, r->input, r->concept_, r->where,   r->hint,     r->first};
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    for (i = 0; i < r->nfindings; i++)
        finding_release(&r->findings[i]);
    free(r->findings);
    gr_record_init(r);
}

void gr_record_add_finding(struct gr_record *r, const char *kind, const char *process, int pid,
                           const char *place, const char *stack, const char *text)
{
    struct gr_finding *f;

    r->findings = gr_xrealloc(r->findings, r->nfindings + 1, sizeof(*r->findings));
    f = &r->findings[r->nfindings++];
    f->kind = gr_xstrdup(kind);
    f->process = gr_xstrdup(process);
    f->pid = pid;
    f->place = gr_xstrdup(place);
    f->stack = gr_xstrdup(stack);
    f->text = gr_xstrdup(text);
}

void gr_result_release(struct gr_result *res)
{
    size_t i;

    free(res->lab);
    free(res->title);
    free(res->source);
    free(res->jail);
    free(res->warning);
    free(res->started);
    for (i = 0; i < res->nrecords; i++)
        gr_record_release(&res->records[i]);
    free(res->records);
    memset(res, 0, sizeof(*res));
}

static bool judged(const struct gr_record *r)
{
    return r->verdict != GR_INFRA && r->verdict != GR_NOT_JUDGED;
}

void gr_result_totals(const struct gr_result *res, int *earned, int *nowjudged, int *max)
{
    size_t i;

    *earned = *nowjudged = *max = 0;
    for (i = 0; i < res->nrecords; i++) {
        const struct gr_record *r = &res->records[i];

        *max += r->max;
        if (!judged(r))
            continue;
        *nowjudged += r->max;
        *earned += r->points;
    }
}

/*
 * Whether a behaviour item of @part failed. An item that could not be judged does not count
 * against the student: the grading as a whole says 75 then.
 */
static bool behaviour_failed(const struct gr_result *res, const char *part)
{
    size_t i;

    for (i = 0; i < res->nrecords; i++) {
        const struct gr_record *r = &res->records[i];

        if (r->kind == GR_BEHAVIOUR && judged(r) && r->verdict != GR_PASS && r->part && part &&
            strcmp(r->part, part) == 0)
            return true;
    }
    return false;
}

void gr_result_apply_gates(struct gr_result *res)
{
    size_t i;

    for (i = 0; i < res->nrecords; i++) {
        struct gr_record *r = &res->records[i];

        if (r->kind == GR_BEHAVIOUR || r->verdict != GR_PASS)
            continue;
        r->gated = behaviour_failed(res, r->part);
        r->points = r->gated ? 0 : r->max;
    }
}

int gr_result_exit_status(const struct gr_result *res)
{
    int earned, nowjudged, max;

    gr_result_totals(res, &earned, &nowjudged, &max);
    if (!res->complete || res->nrecords == 0 || nowjudged < max)
        return 75;
    for (size_t i = 0; i < res->nrecords; i++)
        if (!judged(&res->records[i]))
            return 75; /* also when it is worth nothing */
    return earned == max ? 0 : 1;
}
