/* SPDX-License-Identifier: MIT */
/* Hooks of kit.h in the call log, and the processes that stand at them. */
#include "gr_kit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"@want", "@enter", "@leave", "@point"};

static bool is_hook(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* KIND or KIND.I */
static void take_place(struct gr_hook *h, const char *s, size_t len)
{
    const char *dot = memrchr(s, '.', len);
    size_t n = dot ? (size_t)(dot - s) : len;

    snprintf(h->kind, sizeof h->kind, "%.*s", (int)n, s);
    h->i = dot ? atoi(dot + 1) : -1;
}

bool gr_hook_next(const struct gr_buf *calls, size_t *at, struct gr_hook *h)
{
    struct gr_call c;

    while (gr_calls_next(calls, at, NULL, &c)) {
        if (!is_hook(c.name))
            continue;
        *h = (struct gr_hook){.pid = c.pid};
        memcpy(h->label, c.label, sizeof h->label);
        snprintf(h->what, sizeof h->what, "%.7s", c.name + 1);
        take_place(h, c.args, c.args_len);
        return true;
    }
    return false;
}

size_t gr_hooks_count(const struct gr_buf *calls, const char *what, const char *kind, int i)
{
    struct gr_hook h;
    size_t n = 0;

    for (size_t at = 0; gr_hook_next(calls, &at, &h);)
        n += strcmp(h.what, what) == 0 && strcmp(h.kind, kind) == 0 && (i == -1 || h.i == i);
    return n;
}

struct held_wait {
    const struct gr_scene *s;
    size_t *at;
    const char *place;
    struct gr_call *c;
    bool found;
};

/* "at:enter.read.2" is at "enter.read.2", and at "enter.read". */
static bool stands_at(const struct gr_call *c, const char *place)
{
    size_t n = strlen(place);

    return c->args_len >= 3 + n && memcmp(c->args, "at:", 3) == 0 &&
           memcmp(c->args + 3, place, n) == 0 &&
           (c->args_len == 3 + n || c->args[3 + n] == '.' ||
            isspace((unsigned char)c->args[3 + n]));
}

static bool is_held(void *arg)
{
    struct held_wait *w = arg;

    while (!w->found && gr_calls_next(&w->s->calls, w->at, "@stop", w->c))
        w->found = stands_at(w->c, w->place);
    return w->found;
}

bool gr_wait_held(struct gr_scene *s, size_t *at, const char *place, struct gr_call *c)
{
    struct held_wait w = {s, at, place, c, false};

    gr_wait_or_still(s, is_held, &w);
    return is_held(&w);
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

bool gr_wait_still(struct gr_scene *s)
{
    gr_wait_or_still(s, never, NULL);
    return s->stop == GR_GO;
}

void gr_let_go(struct gr_scene *s)
{
    struct gr_call c;

    for (size_t at = 0; gr_calls_next(&s->calls, &at, "@stop", &c);)
        gr_resume(s, c.pid);
}
