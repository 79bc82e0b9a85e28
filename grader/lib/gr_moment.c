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
    HELD_MS = 5000,
    HOLDS = 30,     /* who is held so often before it sleeps wakes up by itself */
    CALM_MS = 2000, /* who sleeps so long between two questions does not ask in a loop */
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

void gr_expect_complaint(struct gr_run *r, const struct gr_proc *p)
{
    const char *text = gr_buf_text(&p->errbuf), *nl = strchr(text, '\n');
    size_t n = strlen(p->name);
    bool ok =
        nl && nl[1] == '\0' && strncmp(text, p->name, n) == 0 && strncmp(text + n, ": ", 2) == 0;
    const char *call = text + n + 2;

    ok = ok && strspn(call, "abcdefghijklmnopqrstuvwxyz0123456789_") > 0 &&
         strncmp(call + strspn(call, "abcdefghijklmnopqrstuvwxyz0123456789_"), ": ", 2) == 0;
    if (ok)
        return;
    gr_show_stderr(r, p);
    gr_fail(r, GR_FAIL, "`%s` should say on stderr what failed, in one line `%s: CALL: reason`",
            p->command, p->name);
}

static void signal_or_leave(struct gr_run *r, struct gr_proc *p, int sig)
{
    if (p->ended || gr_signal(p, sig) == 0)
        return;
    gr_expect_going(r);
    gr_wait_exit(p); /* it ended in this very moment */
}

void gr_term_after(struct gr_run *r, struct gr_proc *p,
                   void (*meanwhile)(struct gr_run *r, void *arg), void *arg)
{
    signal_or_leave(r, p, SIGSTOP);
    if (meanwhile)
        meanwhile(r, arg);
    signal_or_leave(r, p, SIGTERM);
    signal_or_leave(r, p, SIGCONT);
}

/* Is @c a call of @p, or of a process it forked? Labels are `2`, `2.1`, `2.1.3` or `2~hash`. */
static bool is_of(const struct gr_proc *p, const struct gr_call *c)
{
    char *end;

    return strtoul(c->label, &end, 10) == p->id && (*end == '\0' || *end == '.' || *end == '~');
}

/* A process of @p that a rule holds now. Return: its pid, 0 = none. */
static int held_pid(const struct gr_proc *p)
{
    struct {
        int pid, holds;
    } seen[MAX_FAMILY];
    size_t n = 0, i;
    struct gr_call c;

    for (size_t at = 0; gr_calls_next(&p->scene->calls, &at, NULL, &c);) {
        int change = strcmp(c.name, "@stop") == 0 ? 1 : strcmp(c.name, "@on") == 0 ? -1 : 0;

        if (change == 0 || !is_of(p, &c))
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
    return held_pid(proc) != 0;
}

void gr_resume_held(struct gr_proc *p)
{
    int pid = held_pid(p);

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

static const char *const stops[] = {"stop=before:mq_receive:*",
                                    "stop=before:mq_timedreceive:*",
                                    "stop=before:poll:*",
                                    "stop=before:ppoll:*",
                                    "stop=before:select:*",
                                    "stop=before:pselect:*",
                                    "stop=before:epoll_wait:*",
                                    "stop=before:epoll_pwait:*",
                                    "stop=before:msgrcv:*",
                                    "stop=before:read:*",
                                    "stop=before:accept:*",
                                    "stop=before:accept4:*",
                                    NULL};

/* End @p and what it forked, as far as the log tells of it. */
static void kill_family(struct gr_run *r, struct gr_proc *p)
{
    struct gr_call c;
    int last = 0;

    signal_or_leave(r, p, SIGKILL);
    for (size_t at = 0; gr_calls_next(&p->scene->calls, &at, "@stop", &c);) {
        const struct gr_order o = {.type = GR_REQ_SIGNAL, .pid = c.pid, .value = SIGKILL};

        if (c.pid != p->pid && c.pid != last && is_of(p, &c))
            gr_scene_order(p->scene, o); /* ESRCH: it has ended */
        last = c.pid;
    }
    gr_wait_exit(p);
}

struct gr_proc *gr_term_before_sleep(struct gr_run *r, struct gr_prog *prog)
{
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30), .rules = stops};
    struct gr_proc *p;
    size_t n = 0;

    prog->inject = &in;
    p = gr_run_prog(r, prog);
    for (; n < HOLDS && gr_wait_stopped(p); n++)
        gr_resume_held(p);
    if (strncmp(gr_buf_text(&p->outbuf), "READY ", 6) != 0) /* with a port, or alone */
        gr_expect_ready(r, p);
    kill_family(r, p);
    p = gr_run_prog(r, prog);
    for (size_t i = 1; gr_wait_stopped(p); i++) {
        if (i == n)
            signal_or_leave(r, p, SIGTERM);
        gr_resume_held(p);
    }
    if (n == 0) /* it sleeps in a call that cannot be held, like sigwait() */
        signal_or_leave(r, p, SIGTERM);
    gr_expect_going(r);
    prog->inject = NULL;
    return p;
}

struct asking {
    struct gr_scene *s;
    const char *calls;
    size_t at, n;
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

static bool asked_often(void *arg)
{
    struct asking *a = arg;
    struct gr_call c;

    while (gr_calls_next(&a->s->calls, &a->at, NULL, &c))
        a->n += c.result == -1 && is_named(a->calls, c.name);
    return a->n >= ASKED_OFTEN || gr_now_ms() > a->until;
}

void gr_expect_no_asking(struct gr_run *r, struct gr_proc *p, const char *calls)
{
    struct asking a = {.s = p->scene, .calls = calls, .at = p->scene->calls.len};

    a.until = gr_now_ms() + CALM_MS;
    gr_wait_quiet(p->scene, 50, asked_often, &a);
    gr_expect_alive(r, p);
    if (a.n >= ASKED_OFTEN)
        gr_fail(r, GR_FAIL,
                "%s asks again and again (%zu calls of %s that found nothing, while nothing "
                "happened). Let it wait in one call that returns when something comes",
                p->name, a.n, calls);
}
