/* SPDX-License-Identifier: MIT */
/* Waiting with a time limit, told by what the warden sees at several looks. */
#include "gr_timed.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKS = 10, LOOK_MS = 100 };

struct looking {
    struct gr_scene *s;
    const struct gr_proc *p; /* NULL: all that are there */
    int64_t next;            /* ms; when to look again */
    int seen, calm;
    char text[sizeof((struct gr_fact *)0)->text];
};

/* What is to be seen of @l->p, or of all: someone at work, or who waits with a limit, or neither.
 */
static enum gr_wait_kind look(struct looking *l)
{
    enum gr_wait_kind kind = GR_WAITS_FOREVER;
    const struct gr_fact *f;
    size_t from = 0;

    while ((f = gr_fact(l->s, GR_FACT_WAIT, &from))) {
        if (f->pid == 0 || (l->p && f->program != (int)l->p->id))
            continue;
        if (f->a == GR_WAITS_TIMED && kind != GR_WAITS_TIMED)
            memcpy(l->text, f->text, sizeof l->text);
        if (f->a < kind)
            kind = (enum gr_wait_kind)f->a;
    }
    return kind;
}

/* Whoever is at work may come to an end: all begins anew. But a single program that looks often is
 * often caught at that, and if others wait with a limit there is no stillness to acquit it. */
static bool seen_enough(void *arg)
{
    struct looking *l = arg;
    enum gr_wait_kind kind;

    if (gr_now_ms() < l->next || l->s->stop != GR_GO || l->seen >= LOOKS)
        return l->seen >= LOOKS;
    l->next = gr_now_ms() + LOOK_MS;
    if (gr_snapshot(l->s) == -1)
        return false;
    kind = look(l);
    gr_forget_facts(l->s, GR_FACT_WAIT);
    if (kind == GR_WAITS_TIMED)
        l->seen++;
    else if (!l->p)
        l->seen = 0;
    l->calm = kind == GR_WAITS_FOREVER ? l->calm + 1 : 0;
    return l->seen >= LOOKS || (l->p && l->calm >= LOOKS);
}

bool gr_wait_idle(struct gr_scene *s)
{
    struct looking l = {.s = s, .next = gr_now_ms() + LOOK_MS};

    gr_wait_quiet(s, LOOK_MS, seen_enough, &l);
    return !gr_all_ended(s);
}

char *gr_timed_wait(struct gr_proc *p)
{
    struct looking l = {.s = p->scene, .p = p, .next = gr_now_ms() + LOOK_MS};

    gr_wait_quiet(p->scene, LOOK_MS, seen_enough, &l);
    return l.seen >= LOOKS ? gr_xstrdup(l.text) : NULL;
}

bool gr_expect_untimed(struct gr_run *r, struct gr_proc *p, const char *instead)
{
    char *seen = gr_timed_wait(p), *safe, *text;

    gr_expect_going(r);
    if (!seen)
        return true;
    safe = gr_escape(seen, strlen(seen), 300);
    text = gr_xasprintf(
        "%s asks again and again where it should wait. There was nothing to do for it, and at %d "
        "looks it was found in a call that ends by itself: %s So it wakes up for nothing, and too "
        "late for what comes. Let it wait %s",
        p->name, LOOKS, safe, instead);
    gr_note(r, GR_SPIN, text);
    free(text);
    free(safe);
    free(seen);
    return false;
}
