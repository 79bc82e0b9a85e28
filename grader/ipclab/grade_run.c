/* SPDX-License-Identifier: MIT */
/*
 * Purpose: the scheduler. Each item runs in a suite process of its own; what comes back is believed
 * only if the record, its id and the exit status agree. What does not agree is the grader's
 * trouble, tried again at most twice and never taken for the student's.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gr_io.h"
#include "gr_jail.h"
#include "gr_text.h"
#include "grade.h"

enum { MAX_TRIES = 3, NET_MS = 600000, MAX_SOURCES = 32 };

struct schedule {
    struct grade *g;
    size_t *order; /* indices of items, as they should start */
    size_t n;
    unsigned queue_budget; /* of each user the items run as */
};

/* Plain items first: they decide what the others are worth. Then the longest, to end together. */
static int earlier(const void *a, const void *b, void *ctx)
{
    const struct grade *g = ctx;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    const struct item *p = &g->list.v[x], *q = &g->list.v[y];

    if ((p->lens == GR_PLAIN) != (q->lens == GR_PLAIN))
        return p->lens == GR_PLAIN ? -1 : 1;
    if (p->cost < q->cost || p->cost > q->cost)
        return p->cost > q->cost ? -1 : 1;
    return x < y ? -1 : x > y;
}

static void progress(const struct schedule *s)
{
    struct gr_text t = {0};
    char *list;

    for (size_t i = 0; i < s->g->list.n; i++)
        if (s->g->list.v[i].started && !s->g->list.v[i].done)
            gr_text_addf(&t, "%s%s", t.len ? " " : "", s->g->list.v[i].id);
    if (t.len > 0)
        gr_term_progress(&s->g->term, s->g->ndone, s->g->nchosen, t.s);
    list = gr_text_take(&t);
    free(list);
}

/* How many POSIX queues of default size one user may hold; the kernel counts them for all jails of
 * the user together. */
static unsigned queue_budget(void)
{
    enum { DEFAULT_QUEUE = 10 * (8192 + 96) }; /* messages, and the kernel's own part of each */
    struct rlimit lim;

    if (getrlimit(RLIMIT_MSGQUEUE, &lim) == -1 || lim.rlim_cur == RLIM_INFINITY)
        return UINT_MAX;
    return (unsigned)(lim.rlim_cur / DEFAULT_QUEUE);
}

/* Is there room for what @it needs beside what runs as the user of @slot? Who runs alone may. */
static bool has_room(const struct schedule *s, const struct item *it, int slot)
{
    unsigned taken = 0;
    bool alone = true;

    for (size_t i = 0; it->queues > 0 && i < s->n; i++) {
        const struct item *other = &s->g->list.v[s->order[i]];
        bool shares = geteuid() != 0 || gr_jail_uid(other->slot) == gr_jail_uid(slot);

        if (other == it || !other->started || other->done || !shares || other->queues == 0)
            continue;
        alone = false;
        taken += other->queues;
    }
    return alone || taken + it->queues <= s->queue_budget;
}

static int next(void *ctx, int slot)
{
    struct schedule *s = ctx;

    for (size_t i = 0; i < s->n; i++) {
        struct item *it = &s->g->list.v[s->order[i]];

        if (it->done || it->started || !has_room(s, it, slot))
            continue;
        it->started = true;
        it->slot = slot;
        it->tries++;
        progress(s);
        return (int)s->order[i];
    }
    return -1;
}

static void child(void *ctx, int index, int slot)
{
    const struct grade *g = ((struct schedule *)ctx)->g;
    const struct item *it = &g->list.v[index];
    char *argv[32 + 2 * MAX_SOURCES], **a = argv;

    *a++ = g->list.path;
    *a++ = gr_xstrdup("--item");
    *a++ = it->id;
    *a++ = gr_xstrdup("--bin");
    *a++ = gr_xasprintf("%s/bin", g->run);
    *a++ = gr_xstrdup("--tools");
    *a++ = gr_xasprintf("%s/kit", g->run);
    *a++ = gr_xstrdup("--jail");
    *a++ = g->res.jail;
    *a++ = gr_xstrdup("--seed");
    *a++ = gr_xasprintf("%llu", (unsigned long long)g->res.seed);
    *a++ = gr_xstrdup("--time-scale");
    *a++ = gr_xasprintf("%.17g", g->res.time_scale);
    *a++ = gr_xstrdup("--result-fd");
    *a++ = gr_xstrdup("3");
    *a++ = gr_xstrdup("--slot");
    *a++ = gr_xasprintf("%d", slot);
    for (size_t i = 0; i < g->nsources && i < MAX_SOURCES; i++) {
        *a++ = gr_xstrdup("--source");
        *a++ = g->sources[i].name;
    }
    if (!g->bwrap) {
        *a++ = gr_xstrdup("--work");
        *a++ = grade_dir_work(g, it->id, it->tries, slot);
        if (!a[-1])
            _exit(127);
    }
    if (g->bare)
        *a++ = gr_xstrdup("--bare");
    *a = NULL;
    execv(argv[0], argv);
    _exit(127);
}

static char *how_it_ended(int status)
{
    if (WIFSIGNALED(status))
        return gr_xasprintf("died of signal %d (%s)", WTERMSIG(status),
                            strsignal(WTERMSIG(status)));
    return gr_xasprintf("exited %d", WEXITSTATUS(status));
}

/* Return: NULL when the record can be believed, else why not (the caller frees). */
static char *doubt(const struct grade *g, const struct item *it, const struct pool_child *c,
                   struct gr_record *r)
{
    const char *nl = memchr(c->record.head, '\n', c->record.len);
    size_t len = nl ? (size_t)(nl - c->record.head) : 0;
    char err[160], *end = how_it_ended(c->status), *why = NULL;

    if (c->late)
        why = gr_xasprintf("did not end within %ld s", (long)(NET_MS * g->res.time_scale / 1000));
    else if (!nl)
        why = gr_xasprintf("%s without a record", end);
    else if (c->record.total != len + 1)
        why = gr_xstrdup("wrote more than one record");
    else if (gr_record_from_json(r, c->record.head, len, err, sizeof(err)) == -1)
        why = gr_xasprintf("wrote a record that cannot be read: %s", err);
    else if (strcmp(r->id, it->id) != 0 || r->max != it->points || r->kind != it->kind ||
             strcmp(r->part, it->part) != 0)
        why = gr_xasprintf("wrote a record for %s, which does not fit the list", r->id);
    else if (!WIFEXITED(c->status) || WEXITSTATUS(c->status) != (r->verdict == GR_PASS ? 0 : 1))
        why = gr_xasprintf("%s, but the record says %s", end, gr_verdict_name(r->verdict));
    else if (r->verdict == GR_INFRA)
        why = gr_xasprintf("could not judge: %s", r->message ? r->message : "no reason given");
    free(end);
    return why;
}

static void put_infra(struct grade *g, size_t i, const struct pool_child *c, char *why)
{
    size_t len, from;
    char *said = pool_text(&c->out, &len), *clean;
    struct gr_record r;

    from = len > 600 ? len - 600 : 0;
    clean = gr_escape(said + from, len - from, 600);
    grade_blank(g, i, &r);
    r.message = gr_xasprintf("the test program %s (tried %d times)%s%s", why, g->list.v[i].tries,
                             *clean ? "; it said:\n" : "", clean);
    grade_store(g, i, &r);
    free(clean);
    free(said);
}

static void ended(void *ctx, const struct pool_child *c)
{
    struct schedule *s = ctx;
    struct item *it = &s->g->list.v[c->index];
    struct gr_record r;
    char *why;

    gr_record_init(&r);
    why = doubt(s->g, it, c, &r);
    if (!why) {
        grade_store(s->g, (size_t)c->index, &r);
    } else if (it->tries < MAX_TRIES) {
        gr_record_release(&r);
        it->started = false;
    } else {
        gr_record_release(&r);
        put_infra(s->g, (size_t)c->index, c, why);
    }
    free(why);
    progress(s);
}

/* The build of program @i, plain or for the item's lens, that did not work. */
static const struct build *broken_build(const struct grade *g, const struct item *it, size_t i)
{
    const struct build *race = &g->builds[g->lab.nprograms + i];

    if (g->builds[i].verdict != GR_PASS)
        return &g->builds[i];
    /* Not made at all: the lens is not here, and the suite says so. */
    return it->lens == GR_RACE_LENS && race->verdict != GR_PASS && race->verdict != GR_NOT_JUDGED
               ? race
               : NULL;
}

/* Return: the build that keeps @it from running, or NULL. @unknown: a name lab.ini does not have.
 */
static const struct build *obstacle(const struct grade *g, const struct item *it, char **unknown)
{
    char *copy = gr_xstrdup(it->program), *save = NULL, *name;
    const struct build *found = NULL;

    for (name = strtok_r(copy, " ", &save); name && !found && !*unknown;
         name = strtok_r(NULL, " ", &save)) {
        const struct gr_program *p = gr_lab_program(&g->lab, name);

        if (!p)
            *unknown = gr_xstrdup(name);
        else
            found = broken_build(g, it, (size_t)(p - g->lab.programs));
    }
    free(copy);
    return found;
}

/* Items whose program was not built have their verdict already. Return: whether @i is one. */
static bool settled(struct grade *g, size_t i)
{
    char *unknown = NULL;
    const struct build *b = obstacle(g, &g->list.v[i], &unknown);
    struct gr_record r;

    if (!b && !unknown)
        return false;
    grade_blank(g, i, &r);
    r.verdict = b ? b->verdict : GR_INFRA;
    r.message =
        b ? gr_xstrdup(b->message)
          : gr_xasprintf("the item needs the program %s, which lab.ini does not have", unknown);
    if (r.verdict == GR_NOT_JUDGED)
        r.verdict = GR_INFRA; /* a program nobody built though an item needs it */
    grade_store(g, i, &r);
    free(unknown);
    return true;
}

static long cpu_ms(int who, long *peak_kib)
{
    struct rusage ru;

    getrusage(who, &ru);
    *peak_kib = ru.ru_maxrss;
    return gr_cpu_ms(&ru);
}

/* What the items cost, for grader/selftest/bench.sh: one line of NAME=VALUE. All CPU of this
 * process and its children, less that of the students' programs, is the grader's own. */
static void put_bench(const struct grade *g, int64_t wall, long all)
{
    long student = 0, peak, kib = 0;

    cpu_ms(RUSAGE_SELF, &peak);
    for (size_t i = 0; i < g->res.nrecords; i++) {
        student += g->res.records[i].cpu_ms;
        if (g->res.records[i].grader_kib > kib)
            kib = g->res.records[i].grader_kib;
    }
    printf("bench wall_ms=%ld jobs=%d cpu_ms=%ld student_ms=%ld ipclab_kib=%ld item_kib=%ld\n",
           (long)wall, g->jobs, all, student, peak, kib);
}

int grade_run(struct grade *g)
{
    int64_t begin = gr_now_ms();
    long kib, before = cpu_ms(RUSAGE_SELF, &kib) + cpu_ms(RUSAGE_CHILDREN, &kib);
    struct schedule s = {
        .g = g, .order = gr_xcalloc(g->list.n, sizeof(size_t)), .queue_budget = queue_budget()};
    const struct pool_ops ops = {.next = next,
                                 .child = child,
                                 .ended = ended,
                                 .wall_ms = (long)(NET_MS * g->res.time_scale)};
    int rc;

    for (size_t i = 0; i < g->list.n; i++)
        if (g->list.v[i].chosen && !settled(g, i))
            s.order[s.n++] = i;
    qsort_r(s.order, s.n, sizeof(*s.order), earlier, g);
    rc = pool_run(&g->pool, &ops, &s, g->jobs);
    free(s.order);
    if (g->bench)
        put_bench(g, gr_now_ms() - begin,
                  cpu_ms(RUSAGE_SELF, &kib) + cpu_ms(RUSAGE_CHILDREN, &kib) - before);
    return rc;
}
