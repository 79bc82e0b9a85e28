/* SPDX-License-Identifier: MIT */
/* SIGTERM in the gap: between a program's last look at a flag and the call in which it sleeps. */
#include "gr_moment.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOLDS = 30, /* who is held so often before it sleeps wakes up by itself */
    TRIES = 5,
};

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

/* The call in which a program goes to sleep. */
struct gap {
    size_t holds;   /* how often its process was held up to there; 0: in none of the calls above */
    char place[48]; /* "before:ppoll" */
    unsigned nth;   /* which one of these in its process */
    char kin[40];   /* the process: its label without the number of the start, ".1" */
};

/* End @p and what it forked, as far as the log tells of it. */
static void kill_family(struct gr_run *r, struct gr_proc *p)
{
    struct gr_call c;
    int last = 0;

    gr_signal_or_leave(r, p, SIGKILL);
    for (size_t at = 0; gr_calls_next(&p->scene->calls, &at, "@stop", &c);) {
        const struct gr_order o = {.type = GR_REQ_SIGNAL, .pid = c.pid, .value = SIGKILL};

        if (c.pid != p->pid && c.pid != last && gr_call_is_of(p, &c))
            gr_scene_order(p->scene, o); /* ESRCH: it has ended */
        last = c.pid;
    }
    gr_wait_exit(p);
}

static bool is_ready(const struct gr_proc *p)
{
    const char *out = gr_buf_text(&p->outbuf);

    return strncmp(out, "READY", 5) == 0 && strchr(out, '\n');
}

static const char *kin_of(const char *label)
{
    return label + strspn(label, "0123456789");
}

/* What a label says behind `~` is another thing in every start. */
static bool same_kin(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (strchr(a, '~') && strchr(b, '~'));
}

/* Where @p is held now, by the hold that is let go next. */
static struct gap place_now(const struct gr_proc *p)
{
    const struct gr_buf *log = &p->scene->calls;
    struct gap g = {.holds = 0};
    int pid = gr_held_pid(p);
    struct gr_call c, last = {.pid = 0};

    for (size_t at = 0; gr_calls_next(log, &at, "@stop", &c);)
        if (c.pid == pid)
            last = c;
    snprintf(g.place, sizeof g.place, "%.*s", (int)last.args_len, last.args);
    snprintf(g.kin, sizeof g.kin, "%s", kin_of(last.label));
    for (size_t at = 0; gr_calls_next(log, &at, "@stop", &c);) {
        g.holds += gr_call_is_of(p, &c) && same_kin(kin_of(c.label), g.kin);
        g.nth += c.pid == pid && c.args_len == last.args_len &&
                 memcmp(c.args, last.args, c.args_len) == 0;
    }
    return g;
}

/* Of two holds the later one, but rather the process that gets the signal than one it forked. */
static void choose(struct gap *best, const struct gap *now)
{
    if (best->holds == 0 || best->kin[0] != '\0' || now->kin[0] == '\0')
        *best = *now;
}

/* Let @p go each time it is held, until it sleeps, and say in @found where it was held last. On the
 * way, where @want says, it gets SIGTERM. Return: did it? */
static bool go_through(struct gr_run *r, struct gr_proc *p, const struct gap *want,
                       struct gap *found)
{
    bool sent = false;

    *found = (struct gap){.holds = 0};
    for (size_t n = 0; (sent || n < HOLDS) && gr_wait_stopped(p); n++) {
        struct gap now = place_now(p);

        if (is_ready(p))
            choose(found, &now);
        if (!sent && want->holds > 0 && is_ready(p) && now.holds >= want->holds &&
            same_kin(now.kin, want->kin)) {
            gr_signal_or_leave(r, p, SIGTERM);
            gr_wait_settled(r->scene); /* who passes it on has done so */
            sent = true;
        }
        gr_resume_held(p);
    }
    return sent;
}

static struct gap find_gap(struct gr_run *r, struct gr_prog *prog)
{
    static const struct gap nowhere;
    struct gr_proc *p = gr_run_prog(r, prog);
    struct gap g;

    go_through(r, p, &nowhere, &g);
    if (!is_ready(p))
        gr_expect_ready(r, p);
    kill_family(r, p);
    return g;
}

/* The end of @p, to which SIGTERM came @when. */
static void expect_end(struct gr_run *r, struct gr_proc *p, const struct gap *g, const char *when)
{
    gr_wait_exit(p);
    if (p->scene->stop == GR_STOP_DEADLOCK) {
        r->about = p;
        gr_show_stderr(r, p);
        gr_fail(r, GR_DEADLOCK,
                "SIGTERM came just before %s called %s()%s, and it went to sleep all the same: %s",
                p->name, g->place[0] ? g->place + strlen("before:") : "what it waits in", when,
                p->scene->trouble);
    }
    gr_expect_exit(r, p, 0);
}

/* Look where @prog goes to sleep, into @g; start it again, and send SIGTERM there. All of the
 * program stands still then; only what other processes do for it is done meanwhile. */
static struct gr_proc *term_while_held(struct gr_run *r, struct gr_prog *prog, struct gap *g)
{
    const struct gr_inject held = {.seed = gr_random(r, 1u << 30), .rules = stops};
    struct gr_proc *p;
    struct gap found;
    bool sent;

    prog->inject = &held;
    *g = find_gap(r, prog);
    p = gr_run_prog(r, prog);
    sent = go_through(r, p, g, &found);
    for (int i = 1; !sent && found.holds > 0 && !p->ended && i < TRIES; i++) {
        kill_family(r, p);
        *g = found;
        p = gr_run_prog(r, prog);
        sent = go_through(r, p, g, &found);
    }
    if (!sent) /* it sleeps in a call that cannot be held, like sigwait(), or never there again */
        gr_signal_or_leave(r, p, SIGTERM);
    gr_expect_going(r);
    prog->inject = NULL;
    return p;
}

struct pause_wait {
    struct gr_proc *p;
    size_t at;
    bool came;
};

static bool paused_or_ended(void *arg)
{
    struct pause_wait *w = arg;
    struct gr_call c;

    while (!w->came && gr_calls_next(&w->p->scene->calls, &w->at, "@delay", &c))
        w->came = gr_call_is_of(w->p, &c);
    return w->came || w->p->ended;
}

/* Only the one that goes to sleep pauses there: other threads do meanwhile what SIGTERM makes them
 * do. And who wakes it up by a message pauses behind that, so it must have said before what for. */
static void end_while_slow(struct gr_run *r, struct gr_prog *prog, const struct gap *g)
{
    char *label = gr_xasprintf("%zu%s", r->scene->nprocs, g->kin);
    char *rule = gr_xasprintf("delay=%s:500ms:%u:%s", g->place, g->nth, label);
    const char *const rules[] = {rule, "delay=after:msgsnd:1500ms", "delay=after:mq_send:1500ms",
                                 NULL};
    const struct gr_inject in = {.seed = gr_random(r, 1u << 30), .rules = rules};
    struct pause_wait w = {.at = r->scene->calls.len};

    prog->inject = &in;
    w.p = gr_run_prog(r, prog);
    gr_wait_quiet(r->scene, 50, paused_or_ended, &w);
    gr_expect_ready(r, w.p);
    gr_signal_or_leave(r, w.p, SIGTERM);
    expect_end(r, w.p, g,
               " (a pause there, and behind each msgsnd() and mq_send(): whoever wakes it up must "
               "have set the flag before)");
    prog->inject = NULL;
    free(rule);
    free(label);
}

struct gr_proc *gr_term_before_sleep(struct gr_run *r, struct gr_prog *prog)
{
    struct gap g;

    return term_while_held(r, prog, &g);
}

void gr_expect_term_before_sleep(struct gr_run *r, struct gr_prog *prog)
{
    struct gap g;

    expect_end(r, term_while_held(r, prog, &g), &g, "");
    if (g.holds > 0 && !strchr(g.kin, '~'))
        end_while_slow(r, prog, &g);
}
