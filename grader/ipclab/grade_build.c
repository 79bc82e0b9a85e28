/* SPDX-License-Identifier: MIT */
/*
 * Purpose: make binaries of a student's sources: every source to an object, every object looked
 * through for forbidden calls, the objects of each program linked. Each stage runs side by side.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"
#include "gr_text.h"
#include "grade.h"

enum stage { COMPILE, INSPECT, LINK };
enum { COMPILE_WALL_MS = 600000 };

/* One command over one file of one program (LINK: over all its objects). */
struct step {
    size_t build;
    const char *file; /* "sieve.c" */
    bool driver;
};

struct stage_run {
    struct grade *g;
    enum stage stage;
    struct step *steps;
    size_t n, at;
};

static char *object_of(const struct grade *g, const struct step *s, const char *file)
{
    char *name = gr_xasprintf("%s.o", file), *path = tool_path(g, "obj", s->build, name);

    free(name);
    return path;
}

struct argv {
    char *v[64];
    size_t n;
};

static void arg(struct argv *a, char *s)
{
    if (a->n + 1 < sizeof(a->v) / sizeof(a->v[0]))
        a->v[a->n++] = s;
}

/* Without the last of them gcc would want more of the runtime than we give it. */
static const char *const race_flags[] = {"-fsanitize=thread", "-Wno-tsan", "--param",
                                         "tsan-instrument-func-entry-exit=0"};

static void gcc(struct argv *a)
{
    static const char *const flags[] = {
        "/usr/bin/gcc", "-std=gnu11", "-D_GNU_SOURCE", "-g",
        "-O0",          "-Wall",      "-Wextra",       "-fdiagnostics-color=never"};

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        arg(a, gr_xstrdup(flags[i]));
}

static bool is_c(const char *name)
{
    return strchr(name, '\0')[-1] == 'c';
}

static void link_args(const struct grade *g, const struct step *s, struct argv *a)
{
    const struct gr_program *p = g->builds[s->build].prog;

    gcc(a);
    arg(a, gr_xstrdup("-o"));
    arg(a, tool_path(g, "obj", s->build, p->binary));
    for (size_t i = 0; i < p->sources.n; i++)
        if (is_c(p->sources.v[i]))
            arg(a, object_of(g, s, p->sources.v[i]));
    if (p->driver)
        arg(a, object_of(g, s, p->driver));
    if (g->builds[s->build].race)
        arg(a, tool_path(g, "inc", 0, RACE_RUNTIME));
    for (size_t i = 0; i < p->libs.n; i++)
        arg(a, p->libs.v[i]);
}

static void child(void *ctx, int index, int slot)
{
    const struct stage_run *r = ctx;
    const struct step *s = &r->steps[index];
    struct argv a = {.n = 0};

    (void)slot;
    if (close(3) == -1) /* the compiler has no record to give */
        _exit(125);
    if (r->stage == COMPILE) {
        gcc(&a);
        for (size_t i = 0;
             r->g->builds[s->build].race && i < sizeof(race_flags) / sizeof(race_flags[0]); i++)
            arg(&a, gr_xstrdup(race_flags[i]));
        arg(&a, gr_xasprintf("-I%s", tool_path(r->g, "inc", 0, "")));
        arg(&a, gr_xstrdup("-c"));
        arg(&a, gr_xstrdup("-o"));
        arg(&a, object_of(r->g, s, s->file));
        arg(&a, gr_xstrdup(s->file));
    } else if (r->stage == INSPECT) {
        arg(&a, gr_xstrdup("/usr/bin/nm"));
        arg(&a, gr_xstrdup("-u"));
        arg(&a, object_of(r->g, s, s->file));
    } else {
        link_args(r->g, s, &a);
    }
    compile_in_jail(r->g, s->build, s->driver ? "drv" : "src", a.v);
}

static int next(void *ctx, int slot)
{
    struct stage_run *r = ctx;

    (void)slot;
    while (r->at < r->n && r->g->builds[r->steps[r->at].build].verdict != GR_PASS)
        r->at++;
    return r->at < r->n ? (int)r->at++ : -1;
}

/* The first failure of a program stays: later ones follow from it. Takes @message over. */
static void fail(struct build *b, enum gr_verdict verdict, char *message)
{
    if (b->verdict != GR_PASS) {
        free(message);
        return;
    }
    b->verdict = verdict;
    b->message = message;
}

static void warn(struct grade *g, const char *name, const char *log)
{
    struct source *s = grade_source(g, name);

    if (!*log || !s || s->warned)
        return;
    s->warned = true;
    gr_term_note(&g->term, "advice from the compiler (it costs no points):");
    gr_term_lines(&g->term, "      ", log);
}

static void compiled(struct stage_run *r, const struct step *s, const struct pool_child *c,
                     const char *log)
{
    struct build *b = &r->g->builds[s->build];

    if (b->race && c->status != 0)
        fail(b, GR_INFRA,
             gr_xasprintf("%s compiles, but not for the race lens: %.400s", s->file, log));
    else if (c->status == 0)
        warn(r->g, s->file, log);
    else if (s->driver)
        fail(b, GR_INFRA, gr_xasprintf("the grader's %s does not compile: %.400s", s->file, log));
    else if (c->late) /* and not for what it worked: that has a limit of its own, far below */
        fail(b, GR_INFRA,
             gr_xasprintf("this machine is too busy: the compiler got less than %ld s of processor "
                          "time for %s, and had not finished; grade again",
                          compile_seconds(r->g), s->file));
    else if (compile_out_of_time(log))
        fail(b, GR_COMPILE_ERROR,
             gr_xasprintf("the compiler did not finish %s within %ld s of processor time; does a "
                          "macro or an #include repeat itself?",
                          s->file, compile_seconds(r->g)));
    else
        fail(b, GR_COMPILE_ERROR,
             compile_message(r->g, b->prog, r->stage == LINK ? NULL : s->file, log));
}

/* Return: the line of @name with a call of @call, or 0. */
static int find_call(const struct grade *g, const char *name, const char *call)
{
    char *path = gr_xasprintf("%s/src/%s", g->run, name), line[4096];
    FILE *f = fopen(path, "re");
    size_t len = strlen(call);
    int n = 0, found = 0;

    free(path);
    while (f && !found && fgets(line, sizeof(line), f)) {
        n++;
        for (const char *s = line; !found && (s = strstr(s, call)); s += len)
            if ((s == line || !strchr("_abcdefghijklmnopqrstuvwxyz0123456789", s[-1])) &&
                s[len + strspn(s + len, " ")] == '(')
                found = n;
    }
    if (f)
        fclose(f);
    return found;
}

static void inspected(struct stage_run *r, const struct step *s, char *names)
{
    struct build *b = &r->g->builds[s->build];
    char *save = NULL, *u;

    for (u = strtok_r(names, " \n", &save); u; u = strtok_r(NULL, " \n", &save)) {
        u[strcspn(u, "@")] = '\0';
        for (size_t i = 0; i < r->g->lab.nforbidden; i++) {
            const struct gr_forbidden *f = &r->g->lab.forbidden[i];
            int line;

            if (strcmp(u, f->call) != 0)
                continue;
            line = find_call(r->g, s->file, f->call);
            fail(b, GR_FORBIDDEN,
                 line ? gr_xasprintf("%s:%d calls %s(), which this lab does not allow: %s", s->file,
                                     line, f->call, f->reason)
                      : gr_xasprintf("%s uses %s(), which this lab does not allow: %s", s->file,
                                     f->call, f->reason));
        }
    }
}

/* Copy @from to bin/@name. Takes @from over. */
static int keep(const struct grade *g, char *from, const char *name, mode_t mode)
{
    char *to = gr_xasprintf("%s/bin/%s", g->run, name);
    int in = gr_file_open_regular(AT_FDCWD, from, MAX_BINARY);
    FILE *out = in != -1 ? fopen(to, "wxe") : NULL;
    int rc =
        out && gr_file_copy(in, out, MAX_BINARY) == 0 && fchmod(fileno(out), mode) == 0 ? 0 : -1;

    if (out && fclose(out) == EOF)
        rc = -1;
    if (in != -1)
        close(in);
    free(from);
    free(to);
    return rc;
}

/* Take the binary out of the folder the compiler could write to. */
static int keep_binary(const struct grade *g, const struct step *s)
{
    const struct build *b = &g->builds[s->build];
    const char *name = b->prog->binary;
    char *to = gr_xasprintf("%s%s", b->race ? "race/" : "", name);
    int rc = keep(g, gr_xasprintf("%s/obj/%zu/%s", g->run, s->build, name), to, 0755);

    free(to);
    return rc;
}

/* A text needs no compiler: it lies beside the binaries as it is. */
static void keep_text(const struct grade *g, struct build *b)
{
    if (b->verdict == GR_PASS &&
        keep(g, gr_xasprintf("%s/src/%s", g->run, b->prog->binary), b->prog->binary, 0644) == -1)
        fail(b, GR_INFRA, gr_xasprintf("cannot keep %s: %s", b->prog->binary, strerror(errno)));
}

static void ended(void *ctx, const struct pool_child *c)
{
    struct stage_run *r = ctx;
    const struct step *s = &r->steps[c->index];
    struct build *b = &r->g->builds[s->build];
    enum gr_verdict found;
    size_t len;
    char *message, *raw = pool_text(&c->out, &len), *log = compile_clean(r->g, raw, len);

    if (strncmp(log, "bwrap: ", 7) == 0 || strncmp(log, "gr_jail: ", 9) == 0 ||
        (WIFEXITED(c->status) && WEXITSTATUS(c->status) == 125))
        fail(b, GR_INFRA, gr_xasprintf("the jail for the compiler did not start: %.200s", log));
    else if (r->stage == INSPECT && c->status != 0)
        fail(b, GR_INFRA, gr_xasprintf("nm cannot read the object of %s: %.200s", s->file, log));
    else if (r->stage == INSPECT)
        inspected(r, s, log);
    else
        compiled(r, s, c, log);
    if (r->stage == LINK && b->verdict == GR_PASS && keep_binary(r->g, s) == -1)
        fail(b, GR_INFRA, gr_xasprintf("cannot keep the binary: %s", strerror(errno)));
    if (r->stage == LINK && b->verdict == GR_PASS &&
        (found = grade_look_through(r->g, b, &message)) != GR_PASS)
        fail(b, found, message);
    free(log);
    free(raw);
}

static void add_step(struct stage_run *r, size_t build, const char *file, bool driver)
{
    r->steps = gr_xrealloc(r->steps, r->n + 1, sizeof(*r->steps));
    r->steps[r->n++] = (struct step){build, file, driver};
}

/* For the builds from number @from up to @to. */
static int run_stage(struct grade *g, enum stage stage, size_t from, size_t to)
{
    struct stage_run r = {.g = g, .stage = stage};
    const struct pool_ops ops = {.next = next,
                                 .child = child,
                                 .ended = ended,
                                 .wall_ms = (long)(COMPILE_WALL_MS * g->res.time_scale)};
    int rc;

    if (stage == INSPECT && g->lab.nforbidden == 0)
        return 0;
    for (size_t i = from; i < to; i++) {
        const struct gr_program *p = g->builds[i].prog;

        for (size_t k = 0; stage != LINK && k < p->sources.n; k++)
            if (is_c(p->sources.v[k]))
                add_step(&r, i, p->sources.v[k], false);
        if (stage == COMPILE && p->driver)
            add_step(&r, i, p->driver, true);
        if (stage == LINK && !p->text)
            add_step(&r, i, p->binary, false);
    }
    rc = pool_run(&g->pool, &ops, &r, g->jobs);
    free(r.steps);
    return rc;
}

/* Does a chosen item start @b? */
static bool needed(const struct grade *g, const struct build *b)
{
    for (size_t i = 0; i < g->list.n; i++) {
        const struct item *it = &g->list.v[i];

        if (it->chosen && (!b->race || it->lens == GR_RACE_LENS) &&
            (strstr(it->program, b->prog->binary) || strstr(it->program, b->prog->name)))
            return true;
    }
    return false;
}

static bool race_lens_here(const struct grade *g)
{
    char *path = gr_xasprintf("%s/kit/ipcgrind", g->run);
    bool here = access(path, X_OK) == 0;

    free(path);
    return here;
}

/* @b is to be made, unless nobody needs it or its sources cannot be had. */
static void plan(struct grade *g, struct build *b, bool lens_here)
{
    if (!needed(g, b) || (b->race && (b->prog->text || !lens_here)))
        fail(b, GR_NOT_JUDGED, gr_xstrdup("no chosen item needs it"));
    for (size_t k = 0; k < b->prog->sources.n; k++) {
        const struct source *s = grade_source(g, b->prog->sources.v[k]);

        if (s && s->problem)
            fail(b, GR_COMPILE_ERROR, gr_xstrdup(s->problem));
    }
    if (b->prog->text && !b->race)
        keep_text(g, b);
}

/* What does not compile plainly need not be tried again for the race lens. */
static void pass_on_failures(struct grade *g)
{
    for (size_t i = 0; i < g->lab.nprograms; i++)
        if (g->builds[i].verdict != GR_PASS)
            fail(&g->builds[g->lab.nprograms + i], g->builds[i].verdict,
                 gr_xstrdup(g->builds[i].message));
}

static bool any_race(const struct grade *g)
{
    for (size_t i = g->lab.nprograms; i < 2 * g->lab.nprograms; i++)
        if (g->builds[i].verdict == GR_PASS)
            return true;
    return false;
}

int grade_build(struct grade *g)
{
    size_t n = g->lab.nprograms;
    bool lens_here = race_lens_here(g);

    g->builds = gr_xcalloc(2 * n, sizeof(*g->builds));
    for (size_t i = 0; i < 2 * n; i++) {
        g->builds[i] = (struct build){
            .prog = &g->lab.programs[i < n ? i : i - n], .race = i >= n, .verdict = GR_PASS};
        plan(g, &g->builds[i], lens_here);
    }
    for (int stage = COMPILE; stage <= LINK; stage++)
        if (run_stage(g, (enum stage)stage, 0, n) == -1)
            return -1;
    pass_on_failures(g);
    if (!any_race(g))
        return 0;
    return run_stage(g, COMPILE, n, 2 * n) == -1 || run_stage(g, LINK, n, 2 * n) == -1 ? -1 : 0;
}
