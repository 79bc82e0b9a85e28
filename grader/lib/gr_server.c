/* SPDX-License-Identifier: MIT */
/* Servers: READY, sleep, SIGTERM. */
#include "gr_server.h"
#include "gr_misuse.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum {
    ASKED_OFTEN = 20, /* empty-handed calls while nothing happens */
    CALM_MS = 2000,   /* who sleeps so long between two questions does not ask in a loop */
};

static void show_stderr(struct gr_run *r, const struct gr_proc *p)
{
    char *text;

    if (p->errbuf.len == 0)
        return;
    text = gr_escape(p->errbuf.data, p->errbuf.len, 600);
    gr_record_add_finding(&r->rec, "stderr", p->name, p->pid, NULL, NULL, text);
    free(text);
}

static const char *end_words(const struct gr_proc *p, char *buf, size_t len)
{
    if (WIFSIGNALED(p->status))
        snprintf(buf, len, "signal %d (%s)", WTERMSIG(p->status), strsignal(WTERMSIG(p->status)));
    else
        snprintf(buf, len, "exit status %d", WEXITSTATUS(p->status));
    return buf;
}

void gr_expect_ready(struct gr_run *r, struct gr_proc *p)
{
    char how[96];

    gr_wait_line(p, false, "READY");
    if (strncmp(gr_buf_text(&p->outbuf), "READY\n", 6) == 0)
        return;
    gr_expect_no_misuse(r);
    show_stderr(r, p);
    gr_expect_going(r);
    if (p->ended)
        gr_fail(r, GR_FAIL, "`%s` should print READY and then wait; it ended with %s", p->command,
                end_words(p, how, sizeof how));
    gr_fail(r, GR_FAIL, "the first line that `%s` prints should be READY", p->command);
}

void gr_expect_alive(struct gr_run *r, const struct gr_proc *p)
{
    char how[96];

    if (!p->ended)
        return;
    show_stderr(r, p);
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
    show_stderr(r, p);
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

static size_t times(const struct gr_proc *p, const char *what)
{
    struct gr_call c;
    size_t n = 0;

    for (size_t at = 0; gr_calls_next(&p->scene->calls, &at, what, &c);)
        n += c.pid == p->pid;
    return n;
}

static bool is_held(void *arg)
{
    return times(arg, "@stop") > times(arg, "@on");
}

bool gr_wait_held(struct gr_proc *p)
{
    return gr_wait_quiet(p->scene, 50, is_held, p) && !p->ended;
}

void gr_let_go(struct gr_proc *p)
{
    while (gr_wait_held(p))
        gr_resume(p->scene, p->pid);
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

struct gr_proc *gr_term_before_sleep(struct gr_run *r, struct gr_prog *prog)
{
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30), .rules = stops};
    struct gr_proc *p;
    size_t n = 0;

    prog->inject = &in;
    p = gr_run_prog(r, prog);
    for (; gr_wait_held(p); n++)
        gr_resume(p->scene, p->pid);
    gr_expect_ready(r, p);
    signal_or_leave(r, p, SIGKILL);
    gr_wait_exit(p);
    p = gr_run_prog(r, prog);
    for (size_t i = 1; gr_wait_held(p); i++) {
        if (i == n)
            signal_or_leave(r, p, SIGTERM);
        gr_resume(p->scene, p->pid);
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

bool gr_expect_sleeps(struct gr_run *r, struct gr_proc *p, const char *calls)
{
    struct asking a = {.s = p->scene, .calls = calls, .at = p->scene->calls.len};

    if (!gr_expect_no_spin(r, p))
        return false;
    a.until = gr_now_ms() + CALM_MS;
    gr_wait_quiet(p->scene, 50, asked_often, &a);
    gr_expect_alive(r, p);
    if (a.n < ASKED_OFTEN)
        return true;
    gr_fail(r, GR_FAIL,
            "%s asks again and again (%zu calls of %s that found nothing, while nothing happened). "
            "Let it wait in one call that returns when something comes",
            p->name, a.n, calls);
}
