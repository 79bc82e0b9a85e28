/* SPDX-License-Identifier: MIT */
/**
 * The judgement on a Memcheck log: the findings in order, and whether the report is whole.
 *
 * Who may lack a summary: a process that was killed by SIGKILL or became a program that is not
 * traced, and a forked child of which nothing is known. Two summaries, or one that contradicts
 * what was shown, Valgrind never writes. Its own failures are the grader's fault, except after
 * errors of the program: a wild write hits Valgrind's heap as well.
 */
#include "gr_vg_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOBODY = 0 };

static struct gr_vg_rec *state(struct gr_vg *v, enum gr_vg_kind kind, const struct gr_vg_pid *p)
{
    struct gr_vg_rec *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        v->no_memory = true;
        return NULL;
    }
    r->f.kind = kind;
    r->seq = v->seq++;
    if (p != NULL) {
        r->f.pid = p->pid;
        r->f.execed = p->banner;
        gr_vg_copy(r->program, sizeof(r->program), p->name);
    }
    return r;
}

static void add(struct gr_vg *v, enum gr_vg_kind kind, const struct gr_vg_pid *p, const char *what,
                const char *detail)
{
    struct gr_vg_rec *r = state(v, kind, p);

    if (r == NULL)
        return;
    if (p != NULL)
        snprintf(r->what, sizeof(r->what), "pid %d%s%s%s: %s", p->pid, p->name[0] ? " (" : "",
                 p->name, p->name[0] ? ")" : "", what);
    else
        gr_vg_copy(r->what, sizeof(r->what), what);
    gr_vg_copy(r->detail, sizeof(r->detail), detail);
    gr_vg_keep(v, r);
}

static bool seen(const struct gr_vg_pid *p)
{
    return p->banner || p->summaries > 0 || p->shown > 0;
}

/* A summary could still be due: the log of a break-down belongs to such a process. */
static bool unfinished(const struct gr_vg_pid *p)
{
    return seen(p) && p->summaries == 0 && p->end != GR_VG_KILLED && p->end != GR_VG_EXECED;
}

static bool summary_missing(const struct gr_vg_pid *p)
{
    if (!unfinished(p))
        return false;
    return p->banner || p->end == GR_VG_EXITED || p->end == GR_VG_SIGNALED;
}

static void judge_broken(struct gr_vg *v, const struct gr_vg_pid *p, const char *words)
{
    if (p->errors)
        add(v, GR_VG_INCOMPLETE, p,
            "Valgrind broke down after the errors above, most likely because of them", words);
    else
        add(v, GR_VG_BROKEN, p, "Valgrind itself failed", words);
}

static void judge_pid(struct gr_vg *v, const struct gr_vg_pid *p)
{
    if (p->forged != NULL)
        add(v, GR_VG_FORGED, p, p->forged, "");
    if (p->vex)
        judge_broken(v, p, p->broken);
    else if (p->broken[0] != '\0' && p->summaries > 0)
        add(v, GR_VG_FORGED, p, "Valgrind failed, and yet wrote a summary", p->broken);
    else if (p->broken[0] != '\0')
        judge_broken(v, p, p->broken);
    else if (unfinished(p) && v->broken[0] != '\0')
        judge_broken(v, p, v->broken);
    else if (p->started && !p->banner && v->broken[0] == '\0')
        add(v, GR_VG_INCOMPLETE, p, "no report from this process", "");
    else if (summary_missing(p))
        add(v, GR_VG_INCOMPLETE, p, "the report breaks off, there is no error summary", "");
}

static bool any_unfinished(const struct gr_vg *v)
{
    for (size_t i = 0; i < GR_VG_SLOTS; i++)
        if (v->pids[i] != NULL && unfinished(v->pids[i]))
            return true;
    return false;
}

static int by_pid(const void *a, const void *b)
{
    const struct gr_vg_pid *const *x = a, *const *y = b;

    return ((*x)->pid > (*y)->pid) - ((*x)->pid < (*y)->pid);
}

static void judge_pids(struct gr_vg *v)
{
    const struct gr_vg_pid *all[GR_VG_MAX_PIDS] = {NULL};
    size_t n = 0;

    for (size_t i = 0; i < GR_VG_SLOTS; i++)
        if (v->pids[i] != NULL)
            all[n++] = v->pids[i];
    qsort(all, n, sizeof(all[0]), by_pid);
    for (size_t i = 0; i < n; i++)
        judge_pid(v, all[i]);
    if (v->too_many)
        add(v, GR_VG_INCOMPLETE, NULL, "more processes than can be followed", "");
}

/* What no single process can be blamed for. */
static void judge_rest(struct gr_vg *v)
{
    if (v->bare[0] != '\0')
        add(v, GR_VG_FORGED, NULL, "text in the report that Valgrind did not write", v->bare);
    if (v->broken[0] != '\0' && v->any_banner && !any_unfinished(v))
        add(v, GR_VG_FORGED, NULL, "a failure of Valgrind, and yet all reports are whole",
            v->broken);
    else if (v->broken[0] != '\0' && !v->any_banner)
        add(v, GR_VG_BROKEN, NULL, "Valgrind did not start", v->broken);
    else if (!v->any_banner)
        add(v, GR_VG_INCOMPLETE, NULL, "no report: Valgrind never said that it started", "");
}

static void close_all(struct gr_vg *v)
{
    if (v->len > 0)
        gr_vg_feed(v, "\n", 1);
    for (size_t i = 0; i < GR_VG_SLOTS; i++)
        if (v->pids[i] != NULL)
            gr_vg_close(v, v->pids[i]);
    gr_vg_close(v, &v->overflow);
}

/* A SIGSEGV repeats the invalid access that led to it: one finding, not two. */
static bool repeats_access(const struct gr_vg *v, const struct gr_vg_rec *sig)
{
    if (sig->type != GR_VG_REC_SIGNAL)
        return false;
    for (size_t i = 0; i < v->nrecs[GR_VG_ERROR]; i++) {
        struct gr_vg_rec *r = v->recs[GR_VG_ERROR][i];
        if (r->type == GR_VG_REC_ERROR && strcmp(r->stack, sig->stack) == 0) {
            gr_vg_append(r->detail, sizeof(r->detail), sig->what);
            return true;
        }
    }
    return false;
}

/* Blocks are indirectly lost only below one that is definitely lost, whose bytes include them. */
static bool below_a_definite(const struct gr_vg *v, const struct gr_vg_rec *leak)
{
    if (leak->f.kind != GR_VG_LEAK || leak->type != GR_VG_REC_INDIRECT)
        return false;
    for (size_t i = 0; i < v->nrecs[GR_VG_LEAK]; i++)
        if (v->recs[GR_VG_LEAK][i]->type == GR_VG_REC_DEFINITE)
            return true;
    return false;
}

static int by_seq(const void *a, const void *b)
{
    const struct gr_vg_rec *const *x = a, *const *y = b;

    return ((*x)->seq > (*y)->seq) - ((*x)->seq < (*y)->seq);
}

static void publish(struct gr_vg *v, struct gr_vg_rec *r)
{
    if (r->program[0] == '\0' && r->f.pid != NOBODY)
        gr_vg_copy(r->program, sizeof(r->program), gr_vg_pid(v, r->f.pid)->name);
    r->f.what = r->what;
    r->f.detail = r->detail;
    r->f.stack = r->stack;
    r->f.place = r->place;
    r->f.program = r->program;
    v->found[v->nfound++] = r;
}

size_t gr_vg_judge(struct gr_vg *v)
{
    close_all(v);
    judge_pids(v);
    judge_rest(v);

    v->nfound = 0;
    for (size_t k = 0; k < GR_VG_KINDS; k++)
        for (size_t i = 0; i < v->nrecs[k]; i++)
            if (!repeats_access(v, v->recs[k][i]) && !below_a_definite(v, v->recs[k][i]))
                publish(v, v->recs[k][i]);
    if (v->no_memory) {
        v->spare.f.kind = GR_VG_INCOMPLETE;
        v->spare.seq = v->seq;
        snprintf(v->spare.what, sizeof(v->spare.what), "the grader ran out of memory");
        publish(v, &v->spare);
    }
    qsort(v->found, v->nfound, sizeof(v->found[0]), by_seq);
    return v->nfound;
}

const struct gr_vg_finding *gr_vg_get(const struct gr_vg *v, size_t i)
{
    return i < v->nfound ? &v->found[i]->f : NULL;
}
