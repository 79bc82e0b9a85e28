/* SPDX-License-Identifier: MIT */
/**
 * Memcheck's log, taken in: bytes to lines, processes and findings looked up and kept.
 *
 * Whose a line is and what it means: gr_vg_split.c and gr_vg_lines.c; what it all means:
 * gr_vg_judge.c.
 */
#include "gr_vg_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gr_vg *gr_vg_new(void)
{
    return calloc(1, sizeof(struct gr_vg));
}

void gr_vg_free(struct gr_vg *v)
{
    if (v == NULL)
        return;
    for (size_t i = 0; i < GR_VG_SLOTS; i++) {
        if (v->pids[i] != NULL)
            free(v->pids[i]->rec);
        free(v->pids[i]);
    }
    for (size_t k = 0; k < GR_VG_KINDS; k++)
        for (size_t i = 0; i < v->nrecs[k]; i++)
            free(v->recs[k][i]);
    free(v->overflow.rec);
    free(v->sources);
    free(v);
}

void gr_vg_sources(struct gr_vg *v, const char *const *names, size_t n)
{
    free(v->sources);
    v->nsources = 0;
    v->sources = calloc(n + 1, sizeof(*v->sources));
    if (v->sources == NULL)
        return; /* places are then told by address alone */
    for (size_t i = 0; i < n; i++)
        gr_vg_copy(v->sources[i], sizeof(v->sources[i]), names[i]);
    v->nsources = n;
}

struct gr_vg_pid *gr_vg_pid(struct gr_vg *v, int pid)
{
    size_t i = ((unsigned)pid * 2654435761U) % GR_VG_SLOTS;

    while (v->pids[i] != NULL && v->pids[i]->pid != pid)
        i = (i + 1) % GR_VG_SLOTS;
    if (v->pids[i] != NULL)
        return v->pids[i];
    if (v->npids == GR_VG_MAX_PIDS) {
        v->too_many = true;
        return &v->overflow;
    }
    v->pids[i] = calloc(1, sizeof(struct gr_vg_pid));
    if (v->pids[i] == NULL) {
        v->no_memory = true;
        return &v->overflow;
    }
    v->pids[i]->pid = pid;
    v->npids++;
    return v->pids[i];
}

void gr_vg_started(struct gr_vg *v, int pid, const char *name)
{
    struct gr_vg_pid *p = gr_vg_pid(v, pid);

    p->started = true;
    if (name != NULL)
        gr_vg_copy(p->name, sizeof(p->name), name);
}

void gr_vg_process(struct gr_vg *v, int pid, const char *name, enum gr_vg_end end)
{
    struct gr_vg_pid *p = gr_vg_pid(v, pid);

    p->told = true;
    p->end = end;
    if (name != NULL)
        gr_vg_copy(p->name, sizeof(p->name), name);
}

void gr_vg_copy(char *buf, size_t cap, const char *s)
{
    size_t n = 0;

    for (; s[n] != '\0' && n + 1 < cap; n++)
        buf[n] = (unsigned char)s[n] < ' ' || s[n] == 0x7f ? '?' : s[n];
    buf[n] = '\0';
}

void gr_vg_append(char *buf, size_t cap, const char *s)
{
    size_t used = strlen(buf);

    if (used + 1 + strlen(s) + 1 > cap)
        return;
    if (used > 0)
        buf[used++] = '\n';
    gr_vg_copy(buf + used, cap - used, s);
}

static void end_line(struct gr_vg *v)
{
    v->line[v->len] = '\0';
    v->len = 0;
    gr_vg_line(v, v->line);
}

void gr_vg_feed(struct gr_vg *v, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (data[i] == '\n')
            end_line(v);
        else if (v->len + 1 < sizeof(v->line)) /* the rest of a huge line is of no interest */
            v->line[v->len++] = data[i] == '\0' ? '?' : data[i];
    }
}

static unsigned long hash_rec(const struct gr_vg_rec *r)
{
    unsigned long h = 5381;

    for (const char *s = r->what; *s != '\0'; s++)
        h = h * 33 + (unsigned char)*s;
    for (const char *s = r->stack; *s != '\0'; s++)
        h = h * 33 + (unsigned char)*s;
    return h;
}

/* A descriptor in a forked child is usually its parent's: not the same as one in the parent. */
static bool same(const struct gr_vg_rec *a, const struct gr_vg_rec *b)
{
    return a->hash == b->hash && strcmp(a->what, b->what) == 0 && strcmp(a->stack, b->stack) == 0 &&
           (a->f.kind != GR_VG_FD || a->f.execed == b->f.execed);
}

void gr_vg_keep(struct gr_vg *v, struct gr_vg_rec *r)
{
    struct gr_vg_rec **recs = v->recs[r->f.kind];
    size_t *n = &v->nrecs[r->f.kind];

    r->hash = hash_rec(r);
    for (size_t i = 0; i < *n; i++) {
        if (same(recs[i], r)) {
            recs[i]->f.count++;
            recs[i]->f.execed = recs[i]->f.execed || r->f.execed;
            free(r);
            return;
        }
    }
    r->f.count = 1;
    if (*n < GR_VG_KEEP)
        recs[(*n)++] = r;
    else
        free(r);
}
