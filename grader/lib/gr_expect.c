/* SPDX-License-Identifier: MIT */
/* Expectations: each compares one observation with the contract and says, in words for a tired
 * student, what was expected and what came. */
#include "gr_suite.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { END_MS = 2000 }; /* how long a program that has closed everything may take to end */

static char *__attribute__((format(printf, 1, 0))) text_of(const char *fmt, va_list ap)
{
    char *text = NULL;

    return vasprintf(&text, fmt, ap) < 0 ? gr_xstrdup(fmt) : text;
}

/* Takes @text over. */
static _Noreturn void leave_with(struct gr_run *r, enum gr_verdict v, char *text)
{
    gr_note(r, v, text);
    free(text);
    gr_leave(r);
}

void gr_fail(struct gr_run *r, enum gr_verdict v, const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = text_of(fmt, ap);
    va_end(ap);
    leave_with(r, v, text);
}

void gr_expect(struct gr_run *r, bool ok, const char *fmt, ...)
{
    va_list ap;
    char *text;

    if (ok)
        return;
    va_start(ap, fmt);
    text = text_of(fmt, ap);
    va_end(ap);
    leave_with(r, GR_FAIL, text);
}

/* A stop of the scene, as a verdict. */
static enum gr_verdict verdict_of(enum gr_stop stop)
{
    static const enum gr_verdict verdict[] = {
        [GR_GO] = GR_PASS,
        [GR_STOP_DEADLOCK] = GR_DEADLOCK,
        [GR_STOP_CPU] = GR_CPU_LIMIT,
        [GR_STOP_WALL] = GR_WALL_LIMIT,
        [GR_STOP_MEM] = GR_MEM_LIMIT,
        [GR_STOP_OUTPUT] = GR_OUTPUT_LIMIT,
        [GR_STOP_INFRA] = GR_INFRA,
    };

    return verdict[stop];
}

void gr_expect_going(struct gr_run *r)
{
    const struct gr_scene *s = r->scene;

    if (s && s->stop != GR_GO)
        gr_fail(r, verdict_of(s->stop), "%s", s->trouble);
}

/* "exit status 3" or "signal 11 (Segmentation fault)". */
static const char *status_words(int status, char *buf, size_t len)
{
    if (WIFSIGNALED(status))
        snprintf(buf, len, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(buf, len, "exit status %d", WEXITSTATUS(status));
    return buf;
}

static bool is_fault(int sig)
{
    return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL || sig == SIGABRT ||
           sig == SIGTRAP || sig == SIGSYS;
}

/* What a program says about itself helps more than its status: show the end of its stderr. */
void gr_show_stderr(struct gr_run *r, const struct gr_proc *p)
{
    char *text;

    if (p->errbuf.len == 0)
        return;
    text = gr_escape(p->errbuf.data, p->errbuf.len, 600);
    gr_record_add_finding(&r->rec, "stderr", p->name, p->pid, NULL, NULL, text);
    free(text);
}

bool gr_ends_now(struct gr_proc *p)
{
    struct gr_scene *s = p->scene;
    int64_t end = gr_now_ms() + (int64_t)(END_MS * s->place->time_scale);

    while (!p->ended && s->stop == GR_GO && gr_now_ms() < end)
        gr_scene_pump(s, END_MS / 40);
    return p->ended;
}

/* The program that was started last, if it is not there any more: most likely that is why something
 * did not come. */
static const struct gr_proc *ended_one(struct gr_scene *s)
{
    struct gr_proc *p = s && s->nprocs > 0 ? &s->procs[s->nprocs - 1] : NULL;

    return p && gr_ends_now(p) ? p : NULL;
}

void gr_expect_came(struct gr_run *r, bool came, const char *fmt, ...)
{
    struct gr_scene *s = r->scene;
    enum gr_verdict v = s ? verdict_of(s->stop) : GR_FAIL;
    const struct gr_proc *p;
    char *text, *both, how[96];
    va_list ap;

    if (came)
        return;
    va_start(ap, fmt);
    text = text_of(fmt, ap);
    va_end(ap);
    if (v != GR_PASS && s) {
        both = gr_xasprintf("%s: %s", text, s->trouble);
    } else if ((p = ended_one(s))) {
        gr_show_stderr(r, p);
        both = gr_xasprintf("%s. But `%s` has ended: %s", text, p->command,
                            status_words(p->status, how, sizeof how));
        v = WIFSIGNALED(p->status) && is_fault(WTERMSIG(p->status)) ? GR_CRASH : GR_FAIL;
    } else {
        both = gr_xstrdup(text);
        v = GR_FAIL;
    }
    free(text);
    leave_with(r, v, both);
}

/* Ended by RLIMIT_CPU: SIGXCPU, or SIGKILL a second later for a program that is deaf to it. */
static bool out_of_cpu(const struct gr_proc *p)
{
    return WIFSIGNALED(p->status) &&
           (WTERMSIG(p->status) == SIGXCPU || WTERMSIG(p->status) == SIGKILL) &&
           p->cpu_ms >= (long)gr_cpu_backstop(p->scene) * 1000 - 50;
}

static void wait_or_leave(struct gr_run *r, struct gr_proc *p)
{
    r->about = p;
    gr_wait_exit(p);
    if (r->scene->stop != GR_GO)
        gr_show_stderr(r, p);
    gr_expect_going(r);
    if (out_of_cpu(p))
        gr_fail(r, GR_CPU_LIMIT, "%s used %.1f s of processor time", p->name,
                (double)p->cpu_ms / 1000);
}

void gr_expect_exit(struct gr_run *r, struct gr_proc *p, int code)
{
    char want[64], got[96];

    wait_or_leave(r, p);
    if (WIFEXITED(p->status) && WEXITSTATUS(p->status) == code)
        return;
    gr_show_stderr(r, p);
    if (WIFSIGNALED(p->status) && is_fault(WTERMSIG(p->status)))
        gr_fail(r, GR_CRASH, "%s crashed: %s", p->name, status_words(p->status, got, sizeof got));
    snprintf(want, sizeof want, "exit status %d", code);
    r->rec.expected = gr_xstrdup(want);
    r->rec.actual = gr_xstrdup(status_words(p->status, got, sizeof got));
    gr_fail(r, GR_FAIL, "`%s` should end with %s; it ended with %s", p->command, want, got);
}

void gr_expect_signal(struct gr_run *r, struct gr_proc *p, int sig)
{
    char got[96];

    wait_or_leave(r, p);
    if (WIFSIGNALED(p->status) && WTERMSIG(p->status) == sig)
        return;
    gr_show_stderr(r, p);
    gr_fail(r, GR_FAIL, "`%s` should end by signal %d (%s); it ended with %s", p->command, sig,
            strsignal(sig), status_words(p->status, got, sizeof got));
}

void gr_expect_err(struct gr_run *r, struct gr_proc *p, bool some)
{
    r->about = p;
    if ((p->errbuf.len > 0) == some)
        return;
    gr_show_stderr(r, p);
    gr_fail(r, GR_FAIL,
            some ? "`%s` should say on stderr what is wrong; it said nothing"
                 : "`%s` should say nothing on stderr",
            p->command);
}

/* Is @text, to its end, `NAME: CALL: reason` and a newline? */
static bool is_trouble(const char *text, const char *name)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    size_t n = strlen(name), call;

    if (strncmp(text, name, n) != 0 || strncmp(text + n, ": ", 2) != 0)
        return false;
    text += n + 2;
    call = strspn(text, word);
    if (call == 0 || strncmp(text + call, ": ", 2) != 0)
        return false;
    text += call + 2;
    n = strcspn(text, "\n");
    return n > 0 && text[n] == '\n' && text[n + 1] == '\0';
}

void gr_expect_trouble(struct gr_run *r, struct gr_proc *p)
{
    const char *text;
    size_t lines = 0;

    gr_expect_exit(r, p, 1);
    text = gr_buf_text(&p->errbuf);
    if (is_trouble(text, p->name))
        return;
    for (const char *at = text; *at; at++)
        lines += *at == '\n' || at[1] == '\0';
    gr_show_stderr(r, p);
    gr_fail(r, GR_FAIL,
            "`%s` should say in exactly one line on stderr, `%s: CALL: reason`, which call failed; "
            "it said %s",
            p->command, p->name,
            lines == 0   ? "nothing"
            : lines == 1 ? "something else"
                         : "more than one line: only the process whose call failed says so");
}

struct gr_proc *gr_expect_usage(struct gr_run *r, const char *const *argv)
{
    struct gr_prog prog = {.argv = argv};
    struct gr_proc *p = gr_run_prog(r, &prog);

    gr_expect_exit(r, p, 2);
    gr_expect_out(r, p, "");
    gr_expect_err(r, p, true);
    return p;
}
