/* SPDX-License-Identifier: MIT */
/* Servers in their worst moment. */
#include "gr_moment.h"
#include "gr_misuse.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum {
    MAX_FAMILY = 64,
    ASKED_OFTEN = 20, /* empty-handed calls while nothing happens */
    TICKS = 3,        /* waits that ended by themselves meanwhile */
    HELD_MS = 5000,
    CALM_MS = 4500, /* who sleeps so long between two questions does not ask in a loop */
};

static const char *end_words(const struct gr_proc *p, char *buf, size_t len)
{
    if (WIFSIGNALED(p->status))
        snprintf(buf, len, "signal %d (%s)", WTERMSIG(p->status), strsignal(WTERMSIG(p->status)));
    else
        snprintf(buf, len, "exit status %d", WEXITSTATUS(p->status));
    return buf;
}

void gr_expect_alive(struct gr_run *r, const struct gr_proc *p)
{
    char how[96];

    if (!p->ended)
        return;
    gr_show_stderr(r, p);
    gr_fail(r, WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGSEGV ? GR_CRASH : GR_FAIL,
            "`%s` ended with %s, although nobody had told it to", p->command,
            end_words(p, how, sizeof how));
}

void gr_signal_or_leave(struct gr_run *r, struct gr_proc *p, int sig)
{
    if (p->ended || gr_signal(p, sig) == 0)
        return;
    gr_expect_going(r);
    gr_wait_exit(p); /* it ended in this very moment */
}

void gr_term_after(struct gr_run *r, struct gr_proc *p,
                   void (*meanwhile)(struct gr_run *r, void *arg), void *arg)
{
    gr_signal_or_leave(r, p, SIGSTOP);
    if (meanwhile)
        meanwhile(r, arg);
    gr_signal_or_leave(r, p, SIGTERM);
    gr_signal_or_leave(r, p, SIGCONT);
}

/* Is @c a call of @p, or of a process it forked? Labels are `2`, `2.1`, `2.1.3` or `2~hash`. */
bool gr_call_is_of(const struct gr_proc *p, const struct gr_call *c)
{
    char *end;

    return strtoul(c->label, &end, 10) == p->id && (*end == '\0' || *end == '.' || *end == '~');
}

int gr_held_pid(const struct gr_proc *p)
{
    struct {
        int pid, holds;
    } seen[MAX_FAMILY];
    size_t n = 0, i;
    struct gr_call c;

    for (size_t at = 0; gr_calls_next(&p->scene->calls, &at, NULL, &c);) {
        int change = strcmp(c.name, "@stop") == 0 ? 1 : strcmp(c.name, "@on") == 0 ? -1 : 0;

        if (change == 0 || !gr_call_is_of(p, &c))
            continue;
        for (i = 0; i < n && seen[i].pid != c.pid; i++)
            ;
        if (i == n && n < MAX_FAMILY)
            seen[n++].pid = c.pid, seen[i].holds = 0;
        if (i < n)
            seen[i].holds += change;
    }
    for (i = 0; i < n; i++)
        if (seen[i].holds > 0)
            return seen[i].pid;
    return 0;
}

bool gr_is_held(void *proc)
{
    return gr_held_pid(proc) != 0;
}

void gr_resume_held(struct gr_proc *p)
{
    int pid = gr_held_pid(p);

    if (pid != 0)
        gr_resume(p->scene, pid);
}

struct hold_wait {
    struct gr_proc *p;
    bool (*done)(void *arg);
    void *arg;
    int64_t until;
};

static bool held_or_late(void *arg)
{
    const struct hold_wait *w = arg;

    return gr_is_held(w->p) || gr_now_ms() > w->until;
}

static int64_t patience_of(const struct gr_scene *s)
{
    return gr_now_ms() + (int64_t)(HELD_MS * s->place->time_scale);
}

static bool is_late(void *arg)
{
    return gr_now_ms() > *(const int64_t *)arg;
}

void gr_wait_settled(struct gr_scene *s)
{
    int64_t until = patience_of(s);

    gr_wait_quiet(s, 50, is_late, &until);
}

bool gr_wait_stopped(struct gr_proc *p)
{
    struct hold_wait w = {.p = p, .until = patience_of(p->scene)};

    gr_wait_quiet(p->scene, 50, held_or_late, &w);
    return gr_is_held(p) && !p->ended;
}

static bool held_or_done(void *arg)
{
    const struct hold_wait *w = arg;

    return gr_is_held(w->p) || w->done(w->arg);
}

void gr_let_through_until(struct gr_proc *p, bool (*done)(void *), void *arg)
{
    struct hold_wait w = {.p = p, .done = done, .arg = arg};

    while (gr_wait_quiet(p->scene, 50, held_or_done, &w) && !done(arg) && !p->ended)
        gr_resume_held(p);
}

static bool has_ended(void *arg)
{
    return ((struct gr_proc *)arg)->ended;
}

void gr_let_through(struct gr_proc *p)
{
    gr_let_through_until(p, has_ended, p);
}

struct asking {
    struct gr_scene *s;
    const char *calls;
    size_t at, n, ticks;
    int64_t until;
};

static bool is_named(const char *list, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = list; (p = strstr(p, name)); p += n)
        if ((p == list || p[-1] == ',') && (p[n] == ',' || p[n] == '\0'))
            return true;
    return false;
}

/* The last word of the arguments: of the calls below the time limit in milliseconds. */
static long limit_of(const struct gr_call *c)
{
    size_t at = c->args_len;

    while (at > 0 && c->args[at - 1] != ' ')
        at--;
    return strtol(c->args + at, NULL, 10);
}

/* A wait that ended because its time was over, or a pause: nobody but a clock has ended it. A look
 * without waiting (limit 0) is none. */
static bool is_tick(const struct asking *a, const struct gr_call *c)
{
    if (is_named("poll,ppoll,select,pselect,epoll_wait,epoll_pwait", c->name))
        return c->result == 0 && limit_of(c) > 0;
    if (strcmp(c->name, "mq_timedreceive") == 0)
        return strcmp(c->error, "ETIMEDOUT") == 0 && limit_of(c) > 0;
    if (is_named("sleep,usleep,nanosleep,clock_nanosleep", c->name))
        return c->result == 0;
    return is_named(a->calls, c->name) && strcmp(c->error, "EINTR") == 0 && !c->fault[0];
}

static bool asked_often(void *arg)
{
    struct asking *a = arg;
    struct gr_call c;

    while (gr_calls_next(&a->s->calls, &a->at, NULL, &c)) {
        a->n += c.result == -1 && is_named(a->calls, c.name);
        a->ticks += is_tick(a, &c);
    }
    return a->n >= ASKED_OFTEN || a->ticks >= TICKS || gr_now_ms() > a->until;
}

void gr_expect_no_asking(struct gr_run *r, struct gr_proc *p, const char *calls)
{
    struct asking a = {.s = p->scene, .calls = calls, .at = p->scene->calls.len};

    a.until = gr_now_ms() + (int64_t)(CALM_MS * p->scene->place->time_scale);
    gr_wait_quiet(p->scene, 50, asked_often, &a);
    gr_expect_alive(r, p);
    if (a.n >= ASKED_OFTEN)
        gr_fail(r, GR_FAIL,
                "%s asks again and again (%zu calls of %s that found nothing, while nothing "
                "happened). Let it wait in one call that returns when something comes",
                p->name, a.n, calls);
    if (a.ticks >= TICKS)
        gr_fail(r, GR_FAIL,
                "%s asks again and again, with pauses: %zu times its wait ended by a clock, while "
                "nothing happened. Let it wait without a limit, in one call that returns when "
                "something comes",
                p->name, a.ticks);
}
