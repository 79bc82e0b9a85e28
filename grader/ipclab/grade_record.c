/* SPDX-License-Identifier: MIT */
/*
 * Purpose: keep what items came to: in the order of the list, completed with what a suite cannot
 * know, saved after every item, shown in that order as soon as the points are certain.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"
#include "gr_io.h"
#include "gr_record_json.h"
#include "grade.h"

/* All records together stay below this, whatever suites send: we promise to stay small. */
enum { ALL_RECORDS = 12 * 1024 * 1024, MIN_TEXT = 256, MAX_TEXT = 65536 };

void grade_blank(const struct grade *g, size_t i, struct gr_record *r)
{
    const struct item *it = &g->list.v[i];

    gr_record_init(r);
    r->id = gr_xstrdup(it->id);
    r->title = gr_xstrdup(it->title);
    r->part = gr_xstrdup(it->part);
    r->kind = it->kind;
    r->lens = it->lens;
    r->max = it->points;
    r->seed = g->res.seed;
}

static bool hints_exist(const struct grade *g)
{
    char *path = gr_xasprintf("%s/labs/%s/hints.md", g->root, g->lab.slug);
    bool yes = access(path, R_OK) == 0;

    free(path);
    return yes;
}

/* The mark that one of the programs has spoken of on stderr, and that is still there: it may belong
 * to another step than the item, whose program needs the other one. */
static void add_said(const struct grade *g, const struct gr_program *p, struct gr_record *r)
{
    char *step = NULL;

    for (size_t i = 0; i < r->nfindings && !r->first; i++)
        if (strcmp(r->findings[i].kind, "stderr") == 0 && r->findings[i].text)
            r->first = todo_said(g, p, r->findings[i].text, &step);
    if (!step)
        return;
    free(r->where);
    r->where = gr_xasprintf("labs/%s/README.md, step %s", g->lab.slug, step);
    free(r->hint);
    r->hint = hints_exist(g) ? gr_xstrdup(step) : NULL;
    free(step);
}

/* What to do first, for code that is not written yet. */
static void add_first(const struct grade *g, const struct item *it, struct gr_record *r)
{
    bool students = r->verdict > GR_FORBIDDEN && r->verdict < GR_PASS;
    char *copy, *save = NULL, *name;

    if (!students || r->first)
        return;
    copy = gr_xstrdup(it->program);
    for (name = strtok_r(copy, " ", &save); name && !r->first; name = strtok_r(NULL, " ", &save)) {
        const struct gr_program *p = gr_lab_program(&g->lab, name);

        if (p)
            r->first = todo_first(g, p, it->step);
        if (p && !r->first)
            add_said(g, p, r);
    }
    free(copy);
}

static void complete(const struct grade *g, const struct item *it, struct gr_record *r)
{
    size_t each = ALL_RECORDS / (g->list.n * 16);

    if (!r->where && it->step && *it->step)
        r->where = gr_xasprintf("labs/%s/README.md, step %s", g->lab.slug, it->step);
    if (!r->hint && it->step && *it->step)
        r->hint = gr_xstrdup(it->step);
    if (!hints_exist(g)) {
        free(r->hint);
        r->hint = NULL;
    }
    add_first(g, it, r);
    if (r->verdict == GR_PASS)
        r->points = r->max;
    else if (r->verdict == GR_TAMPER || r->verdict >= GR_INFRA)
        r->points = 0;
    gr_record_cut(r, each < MIN_TEXT ? MIN_TEXT : each > MAX_TEXT ? MAX_TEXT : each, 16);
}

static void insert(struct grade *g, size_t i, const struct gr_record *r)
{
    struct gr_result *res = &g->res;
    size_t at = 0;

    for (size_t k = 0; k < i; k++)
        at += g->list.v[k].done;
    res->records = gr_xrealloc(res->records, res->nrecords + 1, sizeof(*res->records));
    memmove(res->records + at + 1, res->records + at, (res->nrecords - at) * sizeof(*res->records));
    res->records[at] = *r;
    res->nrecords++;
    g->list.v[i].done = true;
}

/* Whether the points of item @i are certain: behaviour at once, the rest when it all is in. */
static bool certain(const struct grade *g, size_t i)
{
    const struct item *it = &g->list.v[i];

    for (size_t k = 0; it->kind != GR_BEHAVIOUR && k < g->list.n; k++) {
        const struct item *other = &g->list.v[k];

        if (other->chosen && !other->done && other->kind == GR_BEHAVIOUR &&
            strcmp(other->part, it->part) == 0)
            return false;
    }
    return true;
}

/* In the order of the list: an item that is done waits for those before it. @all: no more will
 * come, so what is done is shown, whatever is missing between. */
static void show(struct grade *g, bool all)
{
    size_t at = 0;

    for (size_t i = 0; i < g->list.n; i++) {
        struct item *it = &g->list.v[i];

        if (!all && it->chosen && !(it->done && certain(g, i)))
            return;
        if (!it->done)
            continue;
        if (!it->shown) {
            it->shown = true;
            gr_term_item(&g->term, &g->res.records[at]);
        }
        at++;
    }
}

void grade_show_rest(struct grade *g)
{
    show(g, true);
}

static void save_to(const struct gr_result *res, const char *path, bool *failed)
{
    if (!path || *failed || gr_result_save(res, path) == 0)
        return;
    *failed = true;
    wrong(0, " grade: cannot write %s: %s; going on without it", path, strerror(errno));
}

void grade_save(struct grade *g)
{
    g->res.duration_ms = (long)(gr_now_ms() - g->began);
    save_to(&g->res, g->json, &g->json_failed);
    save_to(&g->res, g->own_json, &g->own_json_failed);
}

void grade_store(struct grade *g, size_t i, struct gr_record *r)
{
    complete(g, &g->list.v[i], r);
    insert(g, i, r);
    g->ndone++;
    g->res.complete = g->ndone == g->nchosen;
    gr_result_apply_gates(&g->res);
    grade_save(g);
    show(g, false);
}
