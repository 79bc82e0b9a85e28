/* SPDX-License-Identifier: MIT */
/* What the warden saw, as findings: processes and objects left behind, and who waits for whom. */
#include "gr_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { MOST_WAITS = 3 }; /* processes of a hang that are told one by one */

static const char *fact_kind(uint32_t kind)
{
    switch (kind) {
    case GR_FACT_ZOMBIE:
        return "zombie";
    case GR_FACT_ORPHAN:
    case GR_FACT_PROCESS:
        return "orphan";
    case GR_FACT_WAIT:
        return "waits";
    case GR_FACT_FILE:
        return "file";
    default:
        return "object";
    }
}

/* The program that was ended by a signal before it could wait for its children, or NULL. */
static const struct gr_proc *killed(const struct gr_scene *s, const struct gr_fact *f)
{
    const struct gr_proc *p = (size_t)f->program < s->nprocs ? &s->procs[f->program] : NULL;

    return p && p->ended && WIFSIGNALED(p->status) ? p : NULL;
}

static const char *advice(uint32_t kind)
{
    switch (kind) {
    case GR_FACT_ZOMBIE:
        return ". Every child must be waited for: call waitpid() for each one before the end.";
    case GR_FACT_ORPHAN:
    case GR_FACT_PROCESS:
        return ". A process must not outlive the program that made it: wait for it first.";
    case GR_FACT_WAIT:
        return "";
    default:
        return ". Whoever creates an object removes it.";
    }
}

static bool is_planted(const struct gr_scene *s, const struct gr_fact *f)
{
    for (size_t i = 0; f->kind == GR_FACT_MQUEUE && i < s->nplanted; i++)
        if (strcmp(f->name, s->planted[i]) == 0)
            return true;
    return false;
}

/* Does this fact count against the item? */
static bool counts(const struct gr_run *r, const struct gr_fact *f)
{
    unsigned j = r->item->judges;

    switch (f->kind) {
    case GR_FACT_ZOMBIE:
    case GR_FACT_ORPHAN:
    case GR_FACT_PROCESS:
        return j & GR_JUDGE_WAITED;
    case GR_FACT_MSG:
    case GR_FACT_SEM:
    case GR_FACT_SHM:
    case GR_FACT_MQUEUE:
    case GR_FACT_DEVSHM:
    case GR_FACT_FILE:
        return j & GR_JUDGE_OBJECTS && !is_planted(r->scene, f);
    default:
        return false;
    }
}

/* "yes (pid 9) still ran when the program that made it ended. Every child must be ..." */
static char *fact_words(const struct gr_scene *s, const struct gr_fact *f)
{
    bool child = f->kind == GR_FACT_ZOMBIE || f->kind == GR_FACT_ORPHAN;
    const struct gr_proc *p = child ? killed(s, f) : NULL;
    char *safe = gr_escape(f->text, strlen(f->text), sizeof f->text), *text;

    if (p)
        text = gr_xasprintf("%s: %s was ended by signal %d (%s) before it could wait for it", safe,
                            p->name, WTERMSIG(p->status), strsignal(WTERMSIG(p->status)));
    else
        text = gr_xasprintf("%s%s", safe, advice(f->kind));
    free(safe);
    return text;
}

static void add_fact(struct gr_run *r, const struct gr_fact *f, bool against)
{
    char *text = fact_words(r->scene, f);

    gr_record_add_finding(&r->rec, fact_kind(f->kind), f->name[0] ? f->name : NULL, f->pid, NULL,
                          NULL, text);
    if (against)
        gr_note(r, GR_LEFTOVER, text);
    free(text);
}

/* A long chain waits in one way: a few of its processes say as much as all. The warden tells the
 * circle first (it has no pid), then who is in it. */
static void add_waits(struct gr_run *r)
{
    const struct gr_scene *s = r->scene;
    size_t n = 0, told = 0;
    char more[64];

    for (size_t i = 0; i < s->nfacts; i++)
        n += s->facts[i].kind == GR_FACT_WAIT && s->facts[i].pid != 0;
    for (size_t i = 0; i < s->nfacts; i++) {
        const struct gr_fact *f = &s->facts[i];

        if (f->kind != GR_FACT_WAIT || (f->pid != 0 && n > MOST_WAITS + 1 && told == MOST_WAITS))
            continue;
        told += f->pid != 0;
        add_fact(r, f, false);
    }
    if (told == n)
        return;
    snprintf(more, sizeof more, "and %zu more wait like these", n - told);
    gr_record_add_finding(&r->rec, "waits", NULL, 0, NULL, NULL, more);
}

/* What a process prints that nobody waited for is missing, or comes too late. */
static void tell_unwaited(struct gr_run *r)
{
    const struct gr_scene *s = r->scene;
    char *text;
    size_t n = 0;

    for (size_t i = 0; i < s->nfacts; i++)
        n += s->facts[i].kind == GR_FACT_ORPHAN;
    if (n == 0 || r->rec.verdict != GR_FAIL || r->rec.diff_line == 0)
        return;
    text = gr_xasprintf("%s; %zu process%s still ran when %s ended, which did not wait for %s",
                        r->rec.message, n, n == 1 ? "" : "es",
                        r->about ? r->about->name : "the program", n == 1 ? "it" : "them");
    free(r->rec.message);
    r->rec.message = text;
}

void gr_weigh_facts(struct gr_run *r)
{
    struct gr_scene *s = r->scene;

    for (size_t i = 0; i < s->nfacts; i++)
        if (counts(r, &s->facts[i]) && s->stop == GR_GO && r->rec.verdict != GR_INFRA)
            add_fact(r, &s->facts[i], true);
    if (!r->failed)
        return;
    add_waits(r);
    tell_unwaited(r);
}
