/* SPDX-License-Identifier: MIT */
/*
 * Purpose: `ipclab grade`: everything that can be wrong before a program runs is found and said
 * first; then the steps of grade.h in order; whatever happens, the run folder goes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_csv.h"
#include "gr_file.h"
#include "gr_io.h"
#include "gr_text.h"
#include "grade.h"

static int choose(const char *name, const char *value, const char *const *words, int n, int *out)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(value, words[i]) == 0) {
            *out = i;
            return 0;
        }
    }
    return wrong(EX_USE, " grade: --%s %s is unknown; write %s, %s or %s", name, value, words[0],
                 words[1], words[2]);
}

/* Most items wait most of the time: for a process to fall asleep, or to stay so. */
static int default_jobs(void)
{
    long n = 2 * sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > POOL_MAX ? POOL_MAX : (int)n;
}

static int random_seed(uint64_t *seed)
{
    if (getrandom(seed, sizeof(*seed), 0) == (ssize_t)sizeof(*seed))
        return 0;
    return wrong(EX_UNJUDGED, " grade: no random numbers (%s); give a seed: --seed N",
                 strerror(errno));
}

static bool can_write(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags != -1 && (flags & O_ACCMODE) != O_RDONLY;
}

static int parse(struct grade *g, int argc, char **argv)
{
    static const char *const colors[] = {"auto", "always", "never"};
    static const char *const jails[] = {"auto", "bwrap", "none"};
    const char *seed = NULL, *jobs = NULL, *scale = NULL;
    const struct opt opts[] = {
        {"lab", "LAB", &g->lab_name, NULL},
        {"src", "DIR", &g->src, NULL},
        {"json", "FILE", &g->json, NULL},
        {"seed", "N", &seed, NULL},
        {"jobs", "N", &jobs, NULL},
        {"test", "GLOB", &g->test, NULL},
        {"time-scale", "F", &scale, NULL},
        {"jail", "auto|bwrap|none", &g->jail_wish, NULL},
        {"color", "auto|always|never", &g->color, NULL},
        {"csv", NULL, NULL, &g->csv},
        {"csv-header", NULL, NULL, &g->csv_header},
        {"bare", NULL, NULL, &g->bare},
        {"bench", NULL, NULL, &g->bench},
    };
    int rc = opt_parse("grade", opts, sizeof(opts) / sizeof(opts[0]), argc, argv), color = 0,
        jail = 0;

    g->jobs = default_jobs();
    g->res.time_scale = 1;
    if (rc || (rc = opt_u64("grade", "seed", seed, &g->res.seed)) ||
        (rc = opt_int("grade", "jobs", jobs, 1, POOL_MAX, &g->jobs)) ||
        (rc = opt_scale("grade", "time-scale", scale, &g->res.time_scale)) ||
        (rc = choose("color", g->color ? g->color : "auto", colors, 3, &color)) ||
        (rc = choose("jail", g->jail_wish ? g->jail_wish : "auto", jails, 3, &jail)))
        return rc;
    if (g->csv_header && !g->csv)
        return wrong(EX_USE, " grade: --csv-header goes with --csv; add --csv");
    if (!can_write(STDOUT_FILENO))
        return wrong(EX_USE,
                     " grade: stdout is closed, the %s would be lost; >/dev/null throws it "
                     "away on purpose",
                     g->csv ? "CSV line" : "report");
    if (!seed && (rc = random_seed(&g->res.seed)))
        return rc;
    gr_term_init(&g->term, g->csv ? stderr : stdout, (enum gr_color)color);
    g->term.only = g->test;
    g->term.extra = g->bare ? " --bare" : NULL;
    return 0;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* --src X: X/NN-topic if that exists, else X. */
static int find_source(struct grade *g)
{
    char *dir;
    DIR *d;

    if (!g->src) {
        g->dir = gr_xasprintf("%s/labs/%s", g->root, g->lab.slug);
        g->res.source = gr_xasprintf("labs/%s", g->lab.slug);
    } else {
        dir = gr_xasprintf("%s/%s", g->src, g->lab.slug);
        g->dir = is_folder(dir) ? gr_xstrdup(dir) : gr_xstrdup(g->src);
        g->res.source = gr_xstrdup(g->src);
        free(dir);
    }
    d = opendir(g->dir);
    if (!d && errno == ENOTDIR)
        return wrong(EX_USE, " grade: --src %s is a file; name the folder it is in", g->src);
    if (!d && errno == ENOENT)
        return wrong(EX_USE,
                     " grade: --src %s: no such folder; name the folder with your .c files, or "
                     "leave --src out to grade labs/%s",
                     g->src ? g->src : g->dir, g->lab.slug);
    if (!d)
        return wrong(EX_USE, " grade: --src %s: %s; chmod u+rx may help", g->dir, strerror(errno));
    closedir(d);
    return 0;
}

/* Said now, not after ten minutes of grading. */
static int check_json(const struct grade *g)
{
    const char *slash = g->json ? strrchr(g->json, '/') : NULL;
    char *dir = slash ? gr_xstrndup(g->json, (size_t)(slash - g->json) + 1) : gr_xstrdup(".");
    struct stat st;
    int rc = 0;

    if (g->json && stat(g->json, &st) == 0 && !S_ISREG(st.st_mode))
        rc =
            wrong(EX_USE, " grade: --json %s is not a regular file; name a file to write", g->json);
    else if (g->json && (!is_folder(dir) || access(dir, W_OK) == -1))
        rc = wrong(EX_USE, " grade: --json %s: cannot write in %s: %s", g->json, dir,
                   is_folder(dir) ? strerror(errno) : "no such folder");
    free(dir);
    return rc;
}

static bool matches(const char *glob, const char *s)
{
    return fnmatch(glob, s, FNM_CASEFOLD) == 0;
}

/* --test: a pattern of ids or titles, or lens:NAME for all items under one lens. */
static bool is_chosen(const char *test, const struct item *it)
{
    if (!test || matches(test, it->id) || matches(test, it->title))
        return true;
    return strncmp(test, "lens:", 5) == 0 && strcmp(test + 5, gr_lens_name(it->lens)) == 0;
}

/* "1B" is the start of an item's name, and no pattern that matches one. */
static bool begins_an_item(const struct grade *g)
{
    for (size_t i = 0; i < g->list.n && !strpbrk(g->test, "*?["); i++)
        if (strncasecmp(g->list.v[i].id, g->test, strlen(g->test)) == 0)
            return true;
    return false;
}

static int choose_items(struct grade *g)
{
    struct gr_text t = {0};
    char *ids;
    int rc = 0, sum = 0;

    for (size_t i = 0; i < g->list.n; i++) {
        struct item *it = &g->list.v[i];

        it->chosen = is_chosen(g->test, it);
        g->nchosen += it->chosen;
        sum += it->points;
        gr_text_addf(&t, " %s", it->id);
    }
    ids = gr_text_take(&t);
    if (g->nchosen == 0 && begins_an_item(g))
        rc = wrong(EX_USE, " grade: --test %s matches no item; did you mean '%s*'? Items:%s",
                   g->test, g->test, ids);
    else if (g->nchosen == 0)
        rc = wrong(EX_USE, " grade: --test %s matches no item; items:%s", g->test, ids);
    else if (sum != g->lab.points)
        rc = wrong(EX_UNJUDGED,
                   " grade: the suite of %s gives %d points, its lab.ini %d; mend the kit",
                   g->lab.slug, sum, g->lab.points);
    free(ids);
    return rc;
}

static void add_warning(struct grade *g, char *text)
{
    char *both = g->res.warning ? gr_xasprintf("%s; %s", g->res.warning, text) : gr_xstrdup(text);

    free(g->res.warning);
    g->res.warning = both;
    free(text);
}

static int choose_jail(struct grade *g)
{
    bool none = g->jail_wish && strcmp(g->jail_wish, "none") == 0;
    bool must = g->jail_wish && strcmp(g->jail_wish, "bwrap") == 0;
    char *why = NULL;

    g->bwrap = !none && bwrap_works(&why);
    if (must && !g->bwrap && !g->pool.stop)
        wrong(0, " grade: --jail bwrap does not work here: %s; try --jail none", why ? why : "?");
    if (!none && !g->bwrap)
        add_warning(g,
                    gr_xasprintf("not isolated: bwrap does not work here (%s); your programs run "
                                 "without a jail, one item at a time",
                                 why ? why : "?"));
    else if (none)
        add_warning(g, gr_xstrdup("not isolated: --jail none; your programs run without a jail, "
                                  "one item at a time"));
    if (!g->bwrap)
        g->jobs = 1;
    g->res.jail = gr_xstrdup(g->bwrap ? "bwrap" : "none");
    free(why);
    return must && !g->bwrap ? EX_UNJUDGED : 0;
}

static void describe(struct grade *g)
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm tm;

    if (!gmtime_r(&now, &tm) || strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        strcpy(stamp, "1970-01-01T00:00:00Z");
    g->res.started = gr_xstrdup(stamp);
    g->res.lab = gr_xstrdup(g->lab.slug);
    g->res.title = gr_xstrdup(g->lab.title);
    if (g->test)
        add_warning(g, gr_xasprintf("only the items chosen by --test %s ran: not a grade of the "
                                    "whole lab",
                                    g->test));
}

static int open_all(struct grade *g)
{
    char *err = NULL, *dir;
    int rc;

    if ((rc = lab_open("grade", g->root, g->lab_name, &g->lab)) || (rc = find_source(g)) ||
        (rc = check_json(g)) || (rc = check_limits()))
        return rc;
    if (pool_init(&g->pool) == -1)
        return wrong(EX_UNJUDGED, " grade: cannot watch children: %s", strerror(errno));
    g->began = gr_now_ms();
    if (suite_list_load(&g->list, &g->pool, g->root, g->lab.slug, &err) == -1) {
        rc = g->pool.stop ? EX_UNJUDGED : wrong(EX_UNJUDGED, " grade: %s", err);
        free(err);
        return rc;
    }
    if ((rc = choose_items(g)) || (rc = choose_jail(g)))
        return rc;
    describe(g);
    dir = gr_xasprintf("%s/build/results/%s", g->root, g->lab.slug);
    gr_make_folders(dir, 0777); /* if it cannot be, the first save says so */
    g->own_json = gr_xasprintf("%s/result.json", dir);
    free(dir);
    return 0;
}

/* Return: 0 when a result stands, else the exit status. */
static int work(struct grade *g)
{
    gr_term_begin(&g->term, &g->res, g->nchosen);
    grade_save(g); /* what an earlier run left there is over */
    if (grade_dir_make(g) == -1 || grade_snapshot(g) == -1)
        return EX_UNJUDGED;
    if (grade_build(g) == -1 || grade_run(g) == -1) {
        grade_show_rest(g);
        return g->pool.stop
                   ? EX_UNJUDGED
                   : wrong(EX_UNJUDGED, " grade: cannot run children: %s", strerror(errno));
    }
    return 0;
}

/* Nothing that was to run may be missing: that would be points out of nowhere or into it. */
static void check_all_ran(struct grade *g)
{
    struct gr_record r;

    for (size_t i = 0; i < g->list.n; i++) {
        if (!g->list.v[i].chosen || g->list.v[i].done)
            continue;
        grade_blank(g, i, &r);
        r.message = gr_xstrdup("the item is on the list but did not run");
        grade_store(g, i, &r);
    }
}

static int report(struct grade *g)
{
    int rc = gr_result_exit_status(&g->res);

    gr_term_end(&g->term, &g->res);
    if (g->csv && ((g->csv_header && gr_csv_header(stdout, &g->res) == -1) ||
                   gr_csv_line(stdout, &g->res) == -1))
        rc = wrong(EX_UNJUDGED, " grade: cannot write the CSV line: %s", strerror(errno));
    /* without errno: it may have been a line long ago */
    if (!g->csv && (fflush(stdout) == EOF || ferror(stdout)))
        rc = wrong(EX_UNJUDGED, " grade: the report could not be written to stdout: is its disk "
                                "full, or its reader gone?");
    if (g->json_failed)
        rc = EX_UNJUDGED; /* asked for and not there: whoever reads it must not trust an old one */
    return rc;
}

static void release(struct grade *g)
{
    for (size_t i = 0; i < g->nsources; i++) {
        struct source *s = &g->sources[i];

        for (size_t k = 0; k < s->ntodos; k++) {
            free(s->todos[k].step);
            free(s->todos[k].text);
        }
        free(s->todos);
        free(s->name);
        free(s->problem);
    }
    for (size_t i = 0; g->builds && i < 2 * g->lab.nprograms; i++)
        free(g->builds[i].message);
    free(g->sources);
    free(g->builds);
    free(g->dir);
    free(g->own_json);
    suite_list_release(&g->list);
    gr_result_release(&g->res);
    gr_lab_release(&g->lab);
}

int cmd_grade(const char *root, int argc, char **argv)
{
    struct grade g = {.root = root, .pool = {.sigfd = -1}};
    int rc = parse(&g, argc, argv);

    if (rc == 0 && (rc = open_all(&g)) == 0)
        rc = work(&g);
    if (g.pool.sigfd != -1)
        pool_finish(&g.pool);
    grade_dir_remove(&g);
    if (g.pool.stop) {
        if (g.own_json && !g.res.complete)
            grade_save(&g);
        fprintf(stderr, "\nipclab grade: told to stop; what was judged so far is saved%s%s\n",
                g.json ? " in " : "", g.json ? g.json : "");
        rc = 128 + g.pool.stop;
    } else if (rc == 0) {
        check_all_ran(&g);
        rc = report(&g);
    }
    release(&g);
    return rc;
}
