/* SPDX-License-Identifier: MIT */
/* Hooks of kit.h in the call log, and the processes that stand at them. */
#include "gr_kit.h"

#include <ctype.h>
#include <signal.h>
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

static bool is_it(const struct gr_hook *h, const char *what, const char *kind, int i)
{
    return strcmp(h->what, what) == 0 && strcmp(h->kind, kind) == 0 && (i == -1 || h->i == i);
}

size_t gr_hooks_since(const struct gr_buf *calls, size_t from, const char *what, const char *kind,
                      int i)
{
    struct gr_hook h;
    size_t n = 0;

    while (gr_hook_next(calls, &from, &h))
        n += is_it(&h, what, kind, i);
    return n;
}

size_t gr_hooks_count(const struct gr_buf *calls, const char *what, const char *kind, int i)
{
    return gr_hooks_since(calls, 0, what, kind, i);
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

struct hook_wait {
    const struct gr_scene *s;
    size_t *at;
    const char *what, *kind;
    int i;
    struct gr_hook *h;
    bool found;
};

static bool is_called(void *arg)
{
    struct hook_wait *w = arg;

    while (!w->found && gr_hook_next(&w->s->calls, w->at, w->h))
        w->found = is_it(w->h, w->what, w->kind, w->i);
    return w->found;
}

bool gr_wait_hook(struct gr_scene *s, size_t *at, const char *what, const char *kind, int i,
                  struct gr_hook *h)
{
    struct hook_wait w = {s, at, what, kind, i, h, false};

    gr_wait_or_still(s, is_called, &w);
    return is_called(&w);
}

bool gr_anybody_held(const struct gr_scene *s)
{
    return gr_calls_count(&s->calls, "@stop") > gr_calls_count(&s->calls, "@on");
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

/* How often @what stands in the log for @pid, up to offset @end. */
static size_t times(const struct gr_buf *calls, size_t end, const char *what, int pid)
{
    struct gr_call c;
    size_t n = 0;

    for (size_t at = 0; gr_calls_next(calls, &at, what, &c) && at <= end;)
        n += c.pid == pid;
    return n;
}

size_t gr_let_go(struct gr_scene *s)
{
    size_t end = s->calls.len, n = 0; /* the log grows: who stops from now on stays */
    struct gr_call c;

    for (size_t at = 0; gr_calls_next(&s->calls, &at, "@stop", &c) && at <= end;)
        if (times(&s->calls, end, "@stop", c.pid) > times(&s->calls, SIZE_MAX, "@on", c.pid))
            n += gr_resume(s, c.pid);
    return n;
}

struct run_wait {
    const struct gr_proc *p;
    size_t seen; /* holds that were seen and ended */
};

static bool ended_or_held(void *arg)
{
    const struct run_wait *w = arg;

    return w->p->ended || gr_calls_count(&w->p->scene->calls, "@stop") > w->seen;
}

bool gr_let_run(struct gr_proc *p)
{
    struct run_wait w = {p, 0};
    size_t n;

    do {
        n = gr_let_go(p->scene);
        w.seen = gr_calls_count(&p->scene->calls, "@stop");
        gr_wait_or_still(p->scene, ended_or_held, &w);
    } while (!p->ended && p->scene->stop == GR_GO &&
             (n > 0 || gr_calls_count(&p->scene->calls, "@stop") > w.seen));
    return gr_wait_exit(p);
}

/* Until it is gone: it needs the processor once more to die. */
static void kill_one(struct gr_scene *s, int pid)
{
    const struct gr_order o = {.type = GR_REQ_SIGNAL, .pid = pid, .value = SIGKILL};

    while (s->stop == GR_GO && gr_scene_order(s, o) == 0)
        gr_scene_pump(s, 2);
}

void gr_kill_hooked(struct gr_proc *p, size_t from)
{
    struct gr_hook h;

    gr_signal(p, SIGKILL); /* first: it must not see the others die */
    gr_wait_exit(p);
    while (gr_hook_next(&p->scene->calls, &from, &h))
        kill_one(p->scene, h.pid);
}
