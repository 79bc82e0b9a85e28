/* SPDX-License-Identifier: MIT */
/* Who keeps the processor busy in a quiet window without moving a byte.
 *
 * Busy is: on the processor, or ready and waiting for one, for more than half of the window. The
 * second part keeps the answer the same on a loaded machine. Schedstat tells of it only when the
 * wait is over, and a task that got no turn at all has waited for nothing: so one that is ready at
 * the end, and leaves the processor only because it must (getrusage(2): ru_nivcsw, not ru_nvcsw),
 * is busy, too. Tasks that sleep in between are not believed: one that pauses often may queue at
 * every wake-up. */
#include "spin.h"
#include "gr_io.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_WATCHED = 128 };

struct sample {
    pid_t pid, busiest; /* busiest: its thread with the most CPU time */
    uint64_t cpu_ns, wait_ns, busiest_ns;
    uint64_t moved, calls; /* bytes, and the read and write calls that were made */
    uint64_t sleeps;       /* voluntary context switches */
    uint64_t pushed;       /* involuntary ones */
    bool ready;            /* on a processor, or waiting for one */
};

static struct sample before[MAX_WATCHED];
static size_t nbefore;
static struct proc_table table;
static int64_t begun;
static pid_t root;
static bool explain;

static bool belongs(const struct proc_table *t, const struct proc *p)
{
    pid_t pid = p->pid;

    if (p->sid == root || root == 0)
        return true;
    for (int up = 0; pid > 1 && up < 64; up++) {
        pid_t parent = 0;

        if (pid == root)
            return true;
        for (size_t i = 0; i < t->n; i++)
            if (t->p[i].pid == pid)
                parent = t->p[i].ppid;
        pid = parent;
    }
    return false;
}

static uint64_t field(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static bool add_thread(pid_t pid, pid_t tid, void *arg)
{
    struct sample *s = arg;
    char path[64], buf[4096];
    uint64_t cpu = 0, wait = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", pid, tid);
    if (gr_read_file(path, buf, sizeof buf) > 0)
        sscanf(buf, "%" SCNu64 " %" SCNu64, &cpu, &wait);
    if (cpu >= s->busiest_ns) {
        s->busiest_ns = cpu;
        s->busiest = tid;
    }
    s->cpu_ns += cpu;
    s->wait_ns += wait;
    snprintf(path, sizeof path, "/proc/%d/task/%d/status", pid, tid);
    if (gr_read_file(path, buf, sizeof buf) > 0) {
        s->sleeps += field(buf, "\nvoluntary_ctxt_switches:");
        s->pushed += field(buf, "\nnonvoluntary_ctxt_switches:");
        s->ready = s->ready || strstr(buf, "\nState:\tR");
    }
    return true;
}

static void take_sample(const struct proc *p, struct sample *s)
{
    char path[64], buf[512];

    *s = (struct sample){.pid = p->pid};
    proc_each_task(p->pid, add_thread, s);
    if (s->cpu_ns == 0) /* a kernel without schedstat */
        s->cpu_ns = p->ticks * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
    snprintf(path, sizeof path, "/proc/%d/io", p->pid);
    if (gr_read_file(path, buf, sizeof buf) > 0) {
        s->moved = field(buf, "rchar:") + field(buf, "wchar:");
        s->calls = field(buf, "syscr:") + field(buf, "syscw:");
    }
}

void spin_begin(struct warden *w, const struct gr_msg *m)
{
    root = m->pid;
    explain = m->b != 0;
    nbefore = 0;
    proc_scan(w, &table);
    for (size_t i = 0; i < table.n && nbefore < MAX_WATCHED; i++)
        if (belongs(&table, &table.p[i]) && table.p[i].state != 'Z')
            take_sample(&table.p[i], &before[nbefore++]);
    begun = gr_now_ms();
    w->spin_at = begun + m->a;
}

/* Valgrind's own lock is a byte in a pipe, taken and put back at every turn of a thread. */
static bool has_moved(const struct sample *a, const struct sample *b)
{
    uint64_t bytes = b->moved - a->moved, calls = b->calls - a->calls;

    return under_valgrind(b->pid) ? bytes > calls : bytes > 0;
}

/* Was it busy from @a to @b, @ms apart? */
static bool is_busy(const struct sample *a, const struct sample *b, uint64_t ms)
{
    uint64_t cpu = (b->cpu_ns - a->cpu_ns) / 1000000, wait = (b->wait_ns - a->wait_ns) / 1000000;
    uint64_t sleeps = b->sleeps - a->sleeps, pushed = b->pushed - a->pushed;

    if (has_moved(a, b))
        return false;
    if (cpu > ms / 2 || (a->ready && b->ready && sleeps == 0) ||
        (b->ready && sleeps < ms / 10 && pushed > 4 * sleeps))
        return true;
    return cpu + wait > ms / 2 && cpu >= ms / 20 && sleeps < ms / 10;
}

static void tell_spin(struct warden *w, const struct proc *p, const struct sample *a,
                      const struct sample *b, int64_t ms)
{
    struct gr_fact f = {.kind = GR_FACT_SPIN, .pid = p->pid, .b = ms};
    struct text out = {.len = 0};
    char name[32];

    f.a = (int64_t)(b->cpu_ns - a->cpu_ns) / 1000000;
    proc_name(p, name, sizeof name);
    if (explain) {
        struct spun spun = {.n = 0};

        put(&out,
            "%s (pid %d) keeps the processor busy while there is nothing to do: it used %lld ms of "
            "processor time in %lld ms, and no byte moved. ",
            name, p->pid, (long long)f.a, (long long)ms);
        spin_trace(p, b->busiest, &spun);
        spin_words(p, &spun, &out);
    }
    snprintf(f.name, sizeof f.name, "%s", name);
    snprintf(f.text, sizeof f.text, "%s", out.buf);
    say_fact(w, GR_REP_FACT, &f);
}

void spin_end(struct warden *w)
{
    static struct gr_msg done;
    int64_t ms = gr_now_ms() - begun;

    w->spin_at = 0;
    proc_scan(w, &table);
    for (size_t i = 0; i < table.n; i++) {
        struct sample now, fresh = {.pid = table.p[i].pid}; /* nothing yet, if it is new */
        const struct sample *then = &fresh;

        if (!belongs(&table, &table.p[i]) || table.p[i].state == 'Z')
            continue;
        for (size_t k = 0; k < nbefore; k++)
            if (before[k].pid == fresh.pid)
                then = &before[k];
        take_sample(&table.p[i], &now);
        if (is_busy(then, &now, (uint64_t)(gr_now_ms() - begun)))
            tell_spin(w, &table.p[i], then, &now, ms);
    }
    done = (struct gr_msg){.type = GR_REP_DONE};
    say(w, &done, NULL, 0);
    reap(w); /* tracing may have taken notices of ended children */
}
