/* SPDX-License-Identifier: MIT */
/* Weighing: what a scenario expected, what Valgrind reported and what the census found become
 * one verdict, the first that applies, and findings. */
#include "gr_held.h"
#include "gr_race.h"
#include "gr_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

void gr_note(struct gr_run *r, enum gr_verdict v, const char *message)
{
    if (v >= r->rec.verdict && r->failed)
        return; /* what was noted first and weighs more stays */
    r->failed = true;
    r->rec.verdict = v;
    free(r->rec.message);
    r->rec.message = gr_xstrdup(message);
}

enum { MOST_FAULTS = 4 }; /* examples of what was injected */

static const char *finding_kind(enum gr_vg_kind k)
{
    switch (k) {
    case GR_VG_LEAK:
        return "leak";
    case GR_VG_FD:
        return "descriptor";
    case GR_VG_INCOMPLETE:
    case GR_VG_FORGED:
        return "tamper";
    case GR_VG_BROKEN:
        return "infra";
    case GR_VG_ERROR:
    default:
        return "memcheck";
    }
}

static const struct gr_proc *proc_of(const struct gr_scene *s, int pid)
{
    for (size_t i = 0; i < s->nprocs; i++)
        if (s->procs[i].pid == pid)
            return &s->procs[i];
    return NULL;
}

static const char *name_of(const struct gr_scene *s, int pid)
{
    const struct gr_proc *p = proc_of(s, pid);

    return p ? p->name : s->nprocs > 0 ? s->procs[0].name : "the program";
}

/* Valgrind's last words before it has a log to write them into. A program that printed them would
 * win nothing: its item is not judged, and so not passed. */
static bool never_started(const struct gr_proc *p)
{
    return p->ended && strstr(gr_buf_text(&p->errbuf), "valgrind: Unable to start up properly");
}

/* Valgrind has no room to map the program itself: no report, and no trick, but no mark either. A
 * program that printed these words would win nothing. */
static bool too_large(const struct gr_proc *p)
{
    return p->ended && strstr(gr_buf_text(&p->errbuf), ") failed in UME with error");
}

/* Whose report is missing: with pid 0 that of the program Valgrind could not start, if any. */
static const struct gr_proc *blamed(const struct gr_scene *s, int pid)
{
    for (size_t i = 0; pid == 0 && i < s->nprocs; i++)
        if (never_started(&s->procs[i]) || too_large(&s->procs[i]))
            return &s->procs[i];
    return proc_of(s, pid);
}

/* What a broken Valgrind says nothing about must not be held against the student: not even how
 * the program ended. */
static void note_trouble(struct gr_run *r, const char *message)
{
    if (r->failed && r->rec.verdict == GR_TAMPER)
        return;
    r->failed = false;
    gr_note(r, GR_INFRA, message);
}

static char *message_of(const struct gr_run *r, const struct gr_vg_finding *f, const char *name,
                        const char *place)
{
    const struct gr_proc *p = blamed(r->scene, f->pid);

    if (f->kind == GR_VG_INCOMPLETE && p && never_started(p)) {
        char *said = gr_escape(p->errbuf.data, p->errbuf.len, 300);
        char *text = gr_xasprintf("Valgrind could not start %s: %s", name, said);

        free(said);
        return text;
    }
    if (f->kind == GR_VG_INCOMPLETE && p && p->execed)
        return gr_xasprintf(
            "Valgrind's report of %s (pid %d) breaks off where the program replaced "
            "itself by another (exec): what it had not given back by then is unknown. "
            "Run the other program in a child",
            name, f->pid);
    return gr_xasprintf("%s (pid %d)%s%s: %s", name, f->pid, place ? ", " : "", place ? place : "",
                        f->what);
}

static enum gr_verdict verdict_of(const struct gr_run *r, const struct gr_vg_finding *f)
{
    bool judged = r->item->judges & GR_JUDGE_MEMORY;
    const struct gr_proc *p = blamed(r->scene, f->pid);

    switch (f->kind) {
    case GR_VG_FORGED:
        return GR_TAMPER;
    case GR_VG_INCOMPLETE:
        if (r->scene->stop != GR_GO)
            return GR_PASS; /* a program we ended ourselves owes no summary */
        if (p && never_started(p))
            return GR_INFRA;
        return p && (p->execed || too_large(p)) ? GR_FAIL : GR_TAMPER;
    case GR_VG_BROKEN:
        return GR_INFRA;
    case GR_VG_ERROR:
        return judged ? GR_MEMCHECK : GR_PASS;
    case GR_VG_LEAK:
        return judged ? GR_LEAK : GR_PASS;
    case GR_VG_FD:
    default:
        return GR_PASS;
    }
}

/* What is found in a program that the scenario started is shown with its command. */
static void note_of(struct gr_run *r, enum gr_verdict v, const char *message, int pid)
{
    const struct gr_proc *p = proc_of(r->scene, pid);

    if (p && (!r->failed || v < r->rec.verdict))
        r->about = p;
    gr_note(r, v, message);
}

static void weigh_valgrind(struct gr_run *r)
{
    struct gr_scene *s = r->scene;
    size_t n = s->vg && !s->place->bare ? gr_vg_judge(s->vg) : 0;

    for (size_t i = 0; i < n; i++) {
        const struct gr_vg_finding *f = gr_vg_get(s->vg, i);
        const char *name = f->program && *f->program ? f->program : name_of(s, f->pid);
        const char *place = f->place && *f->place ? f->place : NULL;
        char *text = gr_xasprintf("%s%s%s\n%s", f->what, f->detail && *f->detail ? "\n" : "",
                                  f->detail ? f->detail : "", gr_vg_explain(f));
        enum gr_verdict v = verdict_of(r, f);
        char *message = message_of(r, f, name, place);

        gr_record_add_finding(&r->rec, finding_kind(f->kind), name, f->pid, place, f->stack, text);
        if (v == GR_INFRA)
            note_trouble(r, message);
        else if (v < GR_PASS)
            note_of(r, v, message, f->pid);
        free(text);
        free(message);
    }
}

/* A program that found no room for a queue failed for want of what others took. */
static void weigh_crowd(struct gr_run *r)
{
    size_t from = 0;

    if (r->failed && gr_fact(r->scene, GR_FACT_CROWDED, &from))
        note_trouble(r, "other processes of this user hold the bytes for POSIX message queues "
                        "(ulimit -q) that this item needs; look for forgotten queues in "
                        "/dev/mqueue, or try again when nobody else grades");
}

/* One injected fault in words; the kernel may do all of them. */
static void add_fault(struct gr_text *t, const struct gr_call *c)
{
    char *args = gr_escape(c->args, c->args_len, 60), *save = NULL, *arg;

    gr_text_addf(t, "\n%s", c->name);
    for (int i = 0; (arg = strtok_r(i == 0 ? args : NULL, " ", &save)); i++)
        gr_text_addf(t, "%s%s", i == 0 ? "(" : ", ", arg);
    if (strcmp(c->fault, "short") == 0)
        gr_text_addf(t, ") moved %ld byte%s", c->result, c->result == 1 ? "" : "s");
    else if (c->error[0])
        gr_text_addf(t, ") failed with %s", c->error);
    else
        gr_text_addf(t, "): %s", c->fault);
    free(args);
}

/* Was the same done to this call, on the same descriptor, before @end in the log? */
static bool done_before(const struct gr_buf *log, size_t end, const struct gr_call *c)
{
    size_t fd = c->args_len > 0 ? strcspn(c->args, " \n") : 0;
    struct gr_call d;

    for (size_t at = 0; gr_calls_next(log, &at, c->name, &d) && at < end;)
        if (strcmp(d.fault, c->fault) == 0 && d.args_len >= fd &&
            memcmp(d.args, c->args, fd) == 0 && (d.args_len == fd || d.args[fd] == ' '))
            return true;
    return false;
}

/* A failure under injection must not look like magic: say what was done to the program, one example
 * of each kind. */
static void weigh_faults(struct gr_run *r)
{
    const struct gr_buf *log = &r->scene->calls;
    struct gr_text t = {0};
    struct gr_call c;
    size_t at = 0, n = 0;
    char *text;

    while (gr_calls_next(log, &at, NULL, &c)) {
        if (!c.fault[0] || c.name[0] == '@')
            continue;
        if (n == 0)
            gr_text_adds(&t, "The grader let some calls do what the kernel may do at any time: "
                             "move fewer bytes than asked, be interrupted, or find no room now. "
                             "Among them were");
        if (n < MOST_FAULTS && !done_before(log, at, &c)) {
            add_fault(&t, &c);
            n++;
        }
    }
    text = gr_text_take(&t);
    if (n > 0 && r->failed)
        gr_record_add_finding(&r->rec, "injected", NULL, 0, NULL, NULL, text);
    free(text);
}

static void add_command(struct gr_buf *b, const struct gr_proc *p)
{
    gr_buf_add(b, p->command, strlen(p->command));
    if (!p->remark)
        return;
    gr_buf_add(b, "  # ", 4);
    gr_buf_add(b, p->remark, strlen(p->remark));
}

/* The command of the record: of a failure that which it is about, of a success all; and of a race,
 * which is between programs. */
static void describe(struct gr_run *r)
{
    const struct gr_scene *s = r->scene;
    const struct gr_proc *last = s && s->nprocs > 0 ? &s->procs[s->nprocs - 1] : NULL;
    const struct gr_proc *about = r->about && r->about->command ? r->about : last;
    bool all = !r->failed || (r->rec.verdict == GR_RACE && !r->about);
    struct gr_buf commands = {.cap = 2000};
    struct rusage own;

    if (about && !all)
        add_command(&commands, about);
    for (size_t i = 0; s && all && i < s->nprocs && i < 8; i++) {
        gr_buf_add(&commands, "\n", i > 0);
        add_command(&commands, &s->procs[i]);
    }
    if (about && about->shown)
        r->rec.input = gr_xstrdup(about->shown);
    r->rec.command = commands.data;
    r->rec.cpu_ms = s ? s->cpu_ms : 0;
    r->rec.warden_ms = s ? s->warden_ms : 0;
    getrusage(RUSAGE_SELF, &own);
    r->rec.grader_kib = own.ru_maxrss + (s ? s->warden_kib : 0);
}

void gr_judge(struct gr_run *r)
{
    if (r->scene) {
        gr_finish(r->scene);
        if (!r->failed && r->scene->stop != GR_GO)
            gr_note(r, GR_INFRA, r->scene->trouble);
        weigh_valgrind(r);
        if (r->rec.verdict != GR_INFRA)
            gr_race_judge(r);
        gr_tell_held(r);
        gr_weigh_facts(r);
        weigh_faults(r);
        weigh_crowd(r);
    }
    describe(r);
    if (!r->failed)
        r->rec.verdict = GR_PASS;
    r->rec.points = r->rec.verdict == GR_PASS ? r->item->points : 0;
}
