/* SPDX-License-Identifier: MIT */
/* Who waits in which call for what, and who could end the wait: the words behind DEADLOCK. */
#include "explain.h"
#include "gr_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { MAX_TOLD = 48 }; /* facts; the suite keeps 256 of all kinds */

static struct picture picture;
static struct proc_table all;

static char task_state(pid_t pid, pid_t tid)
{
    char path[64], buf[512];
    const char *paren;

    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
    if (gr_read_file(path, buf, sizeof buf) <= 0 || !(paren = strrchr(buf, ')')))
        return 'X';
    return paren[1] ? paren[2] : 'X';
}

struct adding {
    struct picture *pic;
    const struct proc *p;
};

static bool add_task(pid_t pid, pid_t tid, void *arg)
{
    struct adding *a = arg;
    struct waiter *w = &a->pic->waiters[a->pic->n];
    char state = task_state(pid, tid);

    if (state == 'Z' || state == 'X')
        return true;
    *w = (struct waiter){.p = a->p, .tid = tid, .state = state};
    w->nr = proc_syscall(pid, tid, w->args);
    w->forever = state == 'T' || (w->nr >= 0 && blocks_forever(pid, w->nr, w->args));
    return ++a->pic->n < MAX_WAITERS;
}

static void take_picture(struct picture *pic, struct warden *w, const struct proc_table *t)
{
    pic->w = w;
    pic->t = t;
    pic->n = 0;
    for (size_t i = 0; i < t->n && pic->n < MAX_WAITERS; i++) {
        struct adding a = {pic, &t->p[i]};

        proc_each_task(t->p[i].pid, add_task, &a);
    }
    picture_fds(pic);
}

/* A call on a descriptor, by what the descriptor leads to. */
static bool explain_fd(const struct picture *pic, struct waiter *w)
{
    const struct open_fd *o = fd_of(pic, w->p->pid, (int)w->args[0]);
    char target[256], path[64];
    struct stat st;

    if (!o || !proc_fd_target(w->p->pid, o->fd, target, sizeof target))
        return false;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", w->p->pid, o->fd);
    if (strncmp(target, "socket:", 7) == 0)
        explain_socket(pic, w);
    else if (strstr(target, "[eventfd]"))
        explain_eventfd(pic, w);
    else if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
        explain_pipe(pic, w, o);
    else
        return false;
    return true;
}

/* sleep(), usleep() and their like. */
static bool pauses(long nr)
{
    return nr == SYS_nanosleep || nr == SYS_clock_nanosleep;
}

/* What a call is that ends by itself; static. */
static const char *call_words(const struct waiter *w, const struct waiting_call *c)
{
    static char words[64];

    if (!c)
        return pauses(w->nr) ? "nanosleep()" : "a call that works";
    snprintf(words, sizeof words, "%s() with a time limit", c->name);
    return words;
}

static enum gr_wait_kind wait_kind(const struct waiter *w)
{
    if (w->forever)
        return GR_WAITS_FOREVER;
    return w->state == 'S' && (find_call(w->nr) || pauses(w->nr)) ? GR_WAITS_TIMED : GR_WAITS_NOT;
}

static void explain_other(struct waiter *w)
{
    const struct waiting_call *c = find_call(w->nr);
    char target[128] = "";

    if (w->state == 'T') {
        put(&w->text, "%s is stopped by a signal (SIGSTOP or alike): it goes on after SIGCONT.",
            who_waits(w));
    } else if (w->state == 'R' || w->nr < 0) {
        put(&w->text, "%s is running: it uses the processor.", who_waits(w));
    } else if (!w->forever) {
        put(&w->text, "%s is in %s, which ends by itself.", who_waits(w), call_words(w, c));
    } else if (c->fd_first && proc_fd_target(w->p->pid, (int)w->args[0], target, sizeof target)) {
        put(&w->text, "%s waits in %s(fd %d) on %s.", who_waits(w), c->name, (int)w->args[0],
            target);
    } else {
        put(&w->text, "%s waits in %s().", who_waits(w), c->name);
    }
}

static const struct {
    const char *call;
    void (*explain)(const struct picture *pic, struct waiter *w);
} by_call[] = {
    {"open", explain_open},         {"wait", explain_child},     {"waitid", explain_child},
    {"semop", explain_semop},       {"msgsnd", explain_msg},     {"msgrcv", explain_msg},
    {"mq_send", explain_mq},        {"mq_receive", explain_mq},  {"futex", explain_futex},
    {"poll", explain_many},         {"select", explain_many},    {"epoll_wait", explain_many},
    {"flock", explain_lock},        {"fcntl", explain_lock},     {"pause", explain_signal},
    {"sigsuspend", explain_signal}, {"sigwait", explain_signal},
};

static void explain_task(const struct picture *pic, struct waiter *w)
{
    const struct waiting_call *c = find_call(w->nr);

    if (w->state == 'T' || !w->forever || !c) {
        explain_other(w);
        return;
    }
    for (size_t i = 0; i < sizeof by_call / sizeof *by_call; i++)
        if (strcmp(by_call[i].call, c->name) == 0) {
            by_call[i].explain(pic, w);
            return;
        }
    if (!c->fd_first || !explain_fd(pic, w))
        explain_other(w);
}

static void tell_text(struct picture *pic, const struct proc *p, const char *text,
                      enum gr_wait_kind kind, uint32_t type)
{
    const struct program *owner = p ? program_by_session(pic->w, p->sid) : NULL;
    struct gr_fact f = {.kind = GR_FACT_WAIT,
                        .pid = p ? p->pid : 0,
                        .program = owner ? (int)owner->id : 0,
                        .a = kind};

    if (p)
        proc_name(p, f.name, sizeof f.name);
    snprintf(f.text, sizeof f.text, "%s", text);
    say_fact(pic->w, type, &f);
}

/* All threads of a process together: who counts processes by these facts relies on it. */
static size_t tell_process(struct picture *pic, const struct proc *p, uint32_t type, size_t told)
{
    for (size_t i = 0; i < pic->n && told < MAX_TOLD; i++) {
        struct waiter *w = &pic->waiters[i];

        if (w->p != p || w->told)
            continue;
        w->told = true;
        tell_text(pic, p, w->text.buf, wait_kind(w), type);
        told++;
    }
    return told;
}

/* How early a wait is told: first what nobody is known to end, last what only follows others. */
static int rank(const struct waiter *w)
{
    const struct waiting_call *c = find_call(w->nr);

    if (c && (strcmp(c->name, "wait") == 0 || strcmp(c->name, "waitid") == 0))
        return 2;
    return w->nlinks > 0;
}

void explain_waits(struct warden *w, const struct proc_table *t, uint32_t type)
{
    struct waiter *members[MAX_WAITERS];
    struct text circle = {.len = 0};
    size_t n, told = 0;

    all = *t;
    take_picture(&picture, w, &all);
    for (size_t i = 0; i < picture.n; i++)
        explain_task(&picture, &picture.waiters[i]);
    n = circle_find(&picture, members, 8);
    if (n > 0) {
        circle_words(&picture, members, n, &circle);
        tell_text(&picture, NULL, circle.buf, GR_WAITS_FOREVER, type);
    }
    for (size_t i = 0; i < n; i++)
        told = tell_process(&picture, members[i]->p, type, told);
    for (int r = 0; r <= 2; r++)
        for (size_t i = 0; i < picture.n; i++)
            if (rank(&picture.waiters[i]) == r)
                told = tell_process(&picture, picture.waiters[i].p, type, told);
}
