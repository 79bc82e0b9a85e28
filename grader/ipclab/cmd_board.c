/* SPDX-License-Identifier: MIT */
/*
 * Purpose: `ipclab board`: every lab graded, one after another, a line each, and the points of all.
 * What a grading says at length goes to build/results/SLUG/report.txt; how far it is, its
 * result.json tells, which is there from its first item on. Each board has both in a folder of its
 * own while it runs: another board or grading of the same lab may run beside it.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"
#include "gr_text.h"
#include "ipclab.h"
#include "pool.h"

enum { TICK_MS = 250, WORDS = 20, UNJUDGED_SHOWN = 3 };

struct board {
    const char *root, *src;
    const char *pass[WORDS]; /* options that each grading gets */
    int npass;
    bool colors, live; /* live: a terminal, where a line can be written over */
    int earned, judged, max, worst;
    size_t nlabs;
};

/* Where one grading leaves its words and its result. */
struct place {
    char *dir; /* for this board alone, under build/results/SLUG */
    char *json, *report;
    char *kept; /* where the report stays */
};

/* What result.json says at this moment. */
struct standing {
    int earned, judged, max;
    size_t items;
    bool complete;
};

static volatile sig_atomic_t told; /* a signal that ends the board */

static void on_signal(int sig)
{
    told = sig;
}

static int catch_signals(void (*handler)(int))
{
    static const int sigs[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction sa = {.sa_handler = handler};

    for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
        if (sigaction(sigs[i], &sa, NULL) == -1)
            return -1;
    return 0;
}

/* What @o, a result.json, holds of it. */
static bool standing_of(json_t *o, struct standing *st)
{
    int complete = 0;
    json_t *items = NULL;
    bool ok =
        o && json_unpack(o, "{s:i,s:i,s:i,s:b,s:o}", "earned", &st->earned, "judged", &st->judged,
                         "max", &st->max, "complete", &complete, "items", &items) == 0;

    st->complete = complete;
    st->items = json_array_size(items);
    return ok;
}

/* Return: 0, or -1 with errno. Either way place_remove() is due. */
static int place_make(struct place *p, const char *root, const char *slug)
{
    char *results = gr_xasprintf("%s/build/results/%s", root, slug);

    gr_make_folders(results, 0777); /* if it cannot be, mkdtemp() says why */
    p->dir = gr_xasprintf("%s/board-XXXXXX", results);
    p->json = p->report = NULL;
    p->kept = gr_xasprintf("%s/report.txt", results);
    free(results);
    if (!mkdtemp(p->dir))
        return -1;
    p->json = gr_xasprintf("%s/result.json", p->dir);
    p->report = gr_xasprintf("%s/report.txt", p->dir);
    return 0;
}

/* The report moves to where a reader finds it: the report of the board that ended last. */
static void place_remove(struct place *p)
{
    if (p->json) {
        if (rename(p->report, p->kept) == -1 && errno != ENOENT)
            wrong(0, " board: cannot keep the report as %s: %s", p->kept, strerror(errno));
        unlink(p->report); /* there only where it could not be kept */
        unlink(p->json);
        rmdir(p->dir);
    }
    free(p->dir);
    free(p->json);
    free(p->report);
    free(p->kept);
}

/* In the child: grade one lab, its words into @p's report. */
static _Noreturn void grade_child(const struct board *b, const char *slug, const struct place *p)
{
    char *argv[WORDS + 6];
    int fd = open(p->report, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), n = 0;

    argv[n++] = gr_xstrdup("--lab");
    argv[n++] = gr_xstrdup(slug);
    argv[n++] = gr_xstrdup("--json");
    argv[n++] = p->json;
    for (int i = 0; i < b->npass; i++)
        argv[n++] = gr_xstrdup(b->pass[i]);
    argv[n] = NULL;
    if (fd == -1 || dup2(fd, STDOUT_FILENO) == -1 || dup2(fd, STDERR_FILENO) == -1 ||
        catch_signals(SIG_DFL) == -1)
        _exit(EX_UNJUDGED);
    n = cmd_grade(b->root, n, argv);
    exit(fflush(stdout) == EOF ? EX_UNJUDGED : n);
}

static void put_progress(const struct board *b, const struct gr_lab *lab, const char *json)
{
    struct standing st = {0};
    json_t *o = b->live ? json_load_file(json, 0, NULL) : NULL;
    bool there = standing_of(o, &st);

    json_decref(o);
    if (!there || st.complete)
        return;
    printf("\r  %.2s %-16s %3d/%-3d  %zu items judged\033[K", lab->slug, lab->title, st.earned,
           st.max, st.items);
    fflush(stdout);
}

/* Wait for the grading, showing how far it is. Return: its exit status, 128 + signal if told to
 * stop. */
static int watch(const struct board *b, const struct gr_lab *lab, pid_t pid, const char *json)
{
    int status;
    pid_t got;

    while ((got = waitpid(pid, &status, WNOHANG)) == 0 || (got == -1 && errno == EINTR)) {
        if (told)
            kill(pid, SIGTERM); /* it saves what it has, and ends its programs */
        put_progress(b, lab, json);
        poll(NULL, 0, TICK_MS);
    }
    if (told)
        return 128 + told;
    return got == pid && WIFEXITED(status) ? WEXITSTATUS(status) : EX_UNJUDGED;
}

/* One line: @points ("12/100"), coloured, and @words. */
static void put_row(const struct board *b, const struct gr_lab *lab, int rc, const char *points,
                    const char *words)
{
    const char *color = rc == EX_DONE ? "\033[32m" : rc == EX_BELOW ? "\033[31m" : "\033[33m";

    printf("%s  %.2s %-16s %s%7s%s  %s%s\n", b->live ? "\r" : "", lab->slug, lab->title,
           b->colors ? color : "", points, b->colors ? "\033[0m" : "", words,
           b->live ? "\033[K" : "");
    fflush(stdout);
}

/* Under the row: which items were not judged, and why. */
static void put_unjudged(const json_t *o)
{
    json_t *item;
    size_t i, n = 0;

    json_array_foreach(json_object_get(o, "items"), i, item)
    {
        const char *id = json_string_value(json_object_get(item, "id"));
        const char *verdict = json_string_value(json_object_get(item, "verdict"));
        const char *message = json_string_value(json_object_get(item, "message"));

        if (!verdict || (strcmp(verdict, "NOT_JUDGED") != 0 && strcmp(verdict, "INFRA") != 0))
            continue;
        if (n++ < UNJUDGED_SHOWN)
            printf("       %s not judged: %.*s\n", id ? id : "?",
                   message ? (int)strcspn(message, "\n") : 0, message ? message : "");
    }
    if (n > UNJUDGED_SHOWN)
        printf("       and %zu more\n", n - UNJUDGED_SHOWN);
}

static void put_graded(struct board *b, const struct gr_lab *lab, int rc, const char *json)
{
    struct standing st = {0};
    json_t *o = json_load_file(json, 0, NULL);
    bool there = standing_of(o, &st);
    char points[32], *words;

    if (there) {
        b->earned += st.earned;
        b->judged += st.judged;
    }
    snprintf(points, sizeof(points), "%d/%d", there ? st.earned : 0, lab->points);
    if (rc == EX_DONE)
        words = gr_xstrdup("all right");
    else if (rc == EX_BELOW)
        words = gr_xasprintf("why: make grade LAB=%s%s%s", gr_lab_short(lab->slug),
                             b->src ? " SRC=" : "", b->src ? b->src : "");
    else if (there && rc == EX_UNJUDGED)
        words = gr_xasprintf("%d of %d judged here; why: build/results/%s/report.txt", st.judged,
                             lab->points, lab->slug);
    else
        words = gr_xasprintf("not graded; why: build/results/%s/report.txt", lab->slug);
    put_row(b, lab, rc, points, words);
    if (rc != EX_DONE)
        put_unjudged(o);
    json_decref(o);
    free(words);
}

static void note(struct board *b, int rc)
{
    if (rc > b->worst)
        b->worst = rc;
}

static int grade_lab(struct board *b, const struct gr_lab *lab)
{
    struct place p;
    char words[200];
    pid_t pid;
    int rc = EX_UNJUDGED;

    if (place_make(&p, b->root, lab->slug) == -1) {
        snprintf(words, sizeof(words), "not graded: no folder in build/results/%s: %s", lab->slug,
                 strerror(errno));
        put_row(b, lab, rc, "-", words);
    } else {
        fflush(stdout);
        pid = fork();
        if (pid == 0)
            grade_child(b, lab->slug, &p);
        rc = pid == -1 ? EX_UNJUDGED : watch(b, lab, pid, p.json);
        if (!told)
            put_graded(b, lab, rc, p.json);
    }
    place_remove(&p);
    return rc;
}

/* Why there is nothing to grade; NULL when there is. The caller frees. */
static char *nothing(const struct board *b, const struct gr_lab *lab)
{
    char *dir, *words = NULL;
    struct stat st;

    if (!b->src)
        return lab_started(b->root, lab)
                   ? NULL
                   : gr_xasprintf("not started: make start LAB=%s", gr_lab_short(lab->slug));
    dir = gr_xasprintf("%s/%s", b->src, lab->slug);
    if (stat(dir, &st) == -1 || !S_ISDIR(st.st_mode))
        words = gr_xasprintf("there is no folder %s", dir);
    free(dir);
    return words;
}

static int one_row(struct board *b, const char *slug)
{
    char *path = gr_xasprintf("%s/labs/%s/lab.ini", b->root, slug), *err = NULL, *words;
    struct gr_lab lab;
    int rc = gr_lab_load(&lab, path, &err);

    free(path);
    if (rc == -1) {
        rc = wrong(EX_UNJUDGED, " board: %s", err);
        free(err);
        return rc;
    }
    b->max += lab.points;
    b->nlabs++;
    words = nothing(b, &lab);
    if (words) {
        b->judged += lab.points;
        put_row(b, &lab, EX_BELOW, "-", words);
        free(words);
        rc = EX_BELOW;
    } else {
        rc = grade_lab(b, &lab);
    }
    gr_lab_release(&lab);
    return rc;
}

static int one_of(const char *name, const char *value, const char *x, const char *y, const char *z)
{
    if (!value || strcmp(value, x) == 0 || strcmp(value, y) == 0 || strcmp(value, z) == 0)
        return 0;
    return wrong(EX_USE, " board: --%s %s is unknown; write %s, %s or %s", name, value, x, y, z);
}

static int parse(struct board *b, int argc, char **argv)
{
    const char *seed = NULL, *jobs = NULL, *scale = NULL, *jail = NULL, *color = NULL;
    uint64_t n;
    double f;
    int k;
    const struct opt opts[] = {{"src", "DIR", &b->src, NULL},
                               {"seed", "N", &seed, NULL},
                               {"jobs", "N", &jobs, NULL},
                               {"time-scale", "F", &scale, NULL},
                               {"jail", "auto|bwrap|none", &jail, NULL},
                               {"color", "auto|always|never", &color, NULL}};
    int rc = opt_parse("board", opts, sizeof(opts) / sizeof(opts[0]), argc, argv);

    for (size_t i = 0; i < sizeof(opts) / sizeof(opts[0]) - 1; i++) {
        if (!*opts[i].text)
            continue;
        b->pass[b->npass++] = gr_xasprintf("--%s", opts[i].name);
        b->pass[b->npass++] = *opts[i].text;
    }
    b->pass[b->npass++] = "--color";
    b->pass[b->npass++] = "never";
    if (rc == 0 && !(rc = opt_u64("board", "seed", seed, &n)) &&
        !(rc = opt_int("board", "jobs", jobs, 1, POOL_MAX, &k)) &&
        !(rc = opt_scale("board", "time-scale", scale, &f)) &&
        !(rc = one_of("jail", jail, "auto", "bwrap", "none")))
        rc = one_of("color", color, "auto", "always", "never");
    b->live = isatty(STDOUT_FILENO) && getenv("TERM") && strcmp(getenv("TERM"), "dumb") != 0;
    b->colors = color && strcmp(color, "auto") != 0 ? strcmp(color, "always") == 0
                                                    : b->live && !getenv("NO_COLOR");
    return rc;
}

static int put_total(const struct board *b)
{
    printf("\n  %-19s %3d/%d", "all labs", b->earned, b->max);
    if (b->judged < b->max)
        printf("  %d of %d judged here", b->judged, b->max);
    puts("");
    return fflush(stdout) == EOF ? EX_UNJUDGED : b->worst;
}

int cmd_board(const char *root, int argc, char **argv)
{
    struct board b = {.root = root};
    struct gr_names slugs;
    int rc = parse(&b, argc, argv);

    if (rc)
        return rc;
    if (gr_lab_list(root, &slugs) == -1)
        return wrong(EX_UNJUDGED, " board: cannot read %s/labs", root);
    if (slugs.n == 0)
        rc = wrong(EX_USE, " board: %s/labs holds no lab", root);
    else if (catch_signals(on_signal) == -1)
        rc = wrong(EX_UNJUDGED, " board: sigaction: %s", strerror(errno));
    for (size_t i = 0; rc == 0 && !told && i < slugs.n; i++)
        note(&b, one_row(&b, slugs.v[i]));
    gr_names_release(&slugs);
    if (told) {
        fprintf(stderr, "\nipclab board: told to stop\n");
        return 128 + told;
    }
    return rc ? rc : put_total(&b);
}
