/* SPDX-License-Identifier: MIT */
/* The suite process: its list, and one item run by Check in a forked child. */
#include "gr_race.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gr_file.h"

/* One item runs in one suite process, so the running item is the process's own. */
static struct gr_run run;
static sigjmp_buf way_out;

enum { MAX_SOURCES = 32 };
static const char *sources[MAX_SOURCES];

_Noreturn void gr_leave(struct gr_run *r)
{
    (void)r;
    siglongjmp(way_out, 1);
}

struct gr_scene *gr_scene(struct gr_run *r)
{
    long cpu_ms = (long)(r->item->cost * 10000);

    if (!r->scene) {
        r->scene = gr_scene_open(&r->place, cpu_ms > 5000 ? cpu_ms : 5000);
        r->scene->race_seed = gr_random(r, UINT_MAX - 1) + 1;
        r->scene->queues = GR_QUEUES_OF(r->item->judges);
    }
    gr_expect_going(r);
    return r->scene;
}

struct gr_proc *gr_run_prog(struct gr_run *r, struct gr_prog *prog)
{
    struct gr_scene *s = gr_scene(r);
    struct gr_proc *p;

    prog->lens = r->item->lens;
    prog->may_exec = r->item->judges & GR_MAY_EXEC;
    r->about = p = gr_start(s, prog);
    gr_expect_going(r);
    return p;
}

struct gr_proc *gr_run_args(struct gr_run *r, const char *input, ...)
{
    const char *argv[64];
    size_t n = 0;
    va_list ap;

    va_start(ap, input);
    while (n < 63 && (argv[n] = va_arg(ap, const char *)))
        n++;
    va_end(ap);
    argv[n] = NULL;
    return gr_run_prog(r, &(struct gr_prog){.argv = argv, .input = input});
}

char *gr_student_text(struct gr_run *r, const char *name)
{
    char *path = gr_xasprintf("%s/%s", r->place.bin_dir, name), *text;
    int fd = gr_file_open_regular(AT_FDCWD, path, 1 << 20);
    size_t len;

    text = fd != -1 ? gr_file_read(fd, 1 << 16, &len) : NULL;
    if (!text)
        gr_fail(r, GR_INFRA, "cannot read %s: %s", name, strerror(errno));
    close(fd);
    free(path);
    return text;
}

/* splitmix64 (Steele, Lea, Flood 2014): small, and good enough for choosing test data. */
unsigned gr_random(struct gr_run *r, unsigned below)
{
    uint64_t z = r->rng += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ (z >> 31)) % below);
}

/* Why this item cannot be judged here; NULL = it can. */
static const char *lens_missing(const struct gr_run *r)
{
    enum gr_lens lens = r->item->lens;

    if ((lens == GR_MEMCHECK_LENS || lens == GR_HELGRIND || lens == GR_DRD) &&
        access("/usr/bin/valgrind", X_OK) == -1)
        return "valgrind is not installed here: make setup";
    if (r->item->lens == GR_RACE_LENS && !gr_race_available(&r->place))
        return "ipcgrind is not here, it needs a Valgrind it was tested with: make build says "
               "which";
    return NULL;
}

START_TEST(one_item)
{
    int64_t begin = gr_now_ms();
    struct gr_run *r = &run;

    /* Whoever ends the suite process ends this one, and so the jail. A subreaper for
     * gr_jail_sweep(). */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || prctl(PR_SET_CHILD_SUBREAPER, 1) == -1 ||
        getppid() != run.parent)
        _exit(75);
    if (lens_missing(r))
        gr_note(r, GR_NOT_JUDGED, lens_missing(r));
    else if (sigsetjmp(way_out, 0) == 0)
        r->item->run(r);
    gr_judge(r);
    r->rec.duration_ms = (long)(gr_now_ms() - begin);
    if (gr_record_write(&r->rec, r->result_fd) == -1)
        ck_abort_msg("cannot write the record: %s", strerror(errno));
    if (r->scene)
        gr_scene_close(r->scene);
    if (r->rec.verdict != GR_PASS)
        ck_abort_msg("%s", gr_verdict_name(r->rec.verdict));
}
END_TEST

static void fill_record(struct gr_run *r)
{
    const struct gr_item *it = r->item;
    struct gr_record *rec = &r->rec;

    gr_record_init(rec);
    rec->id = gr_xstrdup(it->id);
    rec->title = gr_xstrdup(it->title);
    rec->part = gr_xstrdup(it->part);
    rec->kind = it->kind;
    rec->lens = it->lens;
    rec->max = it->points;
    rec->seed = r->seed;
    rec->concept_ = it->concept ? gr_xstrdup(it->concept) : NULL;
    rec->hint = gr_xstrdup(it->step);
    rec->where = gr_xasprintf("labs/%s/README.md, step %s", r->lab, it->step);
    rec->verdict = GR_PASS;
}

static int list(const struct gr_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct gr_item *it = &items[i];
        json_t *o =
            json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s,s:f,s:i}", "id", it->id, "title", it->title,
                      "part", it->part, "kind", gr_kind_name(it->kind), "lens",
                      gr_lens_name(it->lens), "points", it->points, "program", it->program, "step",
                      it->step, "cost", it->cost, "queues", (int)GR_QUEUES_OF(it->judges));

        if (!o || json_dumpf(o, stdout, JSON_COMPACT) == -1 || putchar('\n') == EOF)
            return 75;
        json_decref(o);
    }
    return fflush(stdout) == EOF ? 75 : 0;
}

/* Check decides only whether the test function came to its end: pass, fail, or our own crash. */
static int run_check(const struct gr_item *it)
{
    Suite *suite = suite_create("ipclab");
    TCase *tc = tcase_create(it->id);
    SRunner *sr;
    int ran, failed;

    tcase_set_timeout(tc, 3600); /* a backstop: the scene's own limits come long before */
    tcase_add_test(tc, one_item);
    suite_add_tcase(suite, tc);
    sr = srunner_create(suite);
    srunner_set_fork_status(sr, CK_FORK);
    run.parent = getpid();
    srunner_run_all(sr, CK_SILENT);
    ran = srunner_ntests_run(sr);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    if (ran != 1)
        return 75;
    return failed ? 1 : 0;
}

static const struct option options[] = {
    {"list", no_argument, NULL, 'l'},
    {"item", required_argument, NULL, 'i'},
    {"bin", required_argument, NULL, 'b'},
    {"tools", required_argument, NULL, 't'},
    {"jail", required_argument, NULL, 'j'},
    {"seed", required_argument, NULL, 's'},
    {"work", required_argument, NULL, 'w'},
    {"time-scale", required_argument, NULL, 'x'},
    {"slot", required_argument, NULL, 'k'},
    {"result-fd", required_argument, NULL, 'r'},
    {"source", required_argument, NULL, 'S'},
    {"bare", no_argument, NULL, 'B'},
    {NULL, 0, NULL, 0},
};

static bool take_option(int c, const char **id, bool *want_list)
{
    switch (c) {
    case 'l':
        *want_list = true;
        break;
    case 'i':
        *id = optarg;
        break;
    case 'b':
        run.place.bin_dir = optarg;
        break;
    case 't':
        run.place.kit_dir = optarg;
        break;
    case 'w':
        run.place.work_dir = optarg;
        break;
    case 'j':
        run.place.backend = strcmp(optarg, "none") == 0 ? GR_JAIL_NONE : GR_JAIL_BWRAP;
        break;
    case 's':
        run.seed = strtoull(optarg, NULL, 10);
        break;
    case 'x':
        run.place.time_scale = strtod(optarg, NULL);
        break;
    case 'k':
        run.place.slot = atoi(optarg);
        break;
    case 'r':
        run.result_fd = atoi(optarg);
        break;
    case 'S':
        if (run.place.nsources < MAX_SOURCES)
            sources[run.place.nsources++] = optarg;
        break;
    case 'B':
        run.place.bare = true;
        break;
    default:
        return false;
    }
    return true;
}

/* The same seed gives each item its own numbers, whatever else is run. */
static uint64_t item_seed(uint64_t seed, const char *id)
{
    for (; *id; id++)
        seed = (seed ^ (unsigned char)*id) * 0x100000001b3u; /* FNV-1a */
    return seed;
}

int gr_suite_main(int argc, char **argv, const char *lab, const struct gr_item *items, size_t n)
{
    const char *id = NULL;
    bool want_list = false;
    int c;

    clearenv(); /* no CK_*, no LD_*: what decides here is only what we were told */
    run = (struct gr_run){
        .lab = lab, .place.time_scale = 1.0, .place.sources = sources, .result_fd = STDOUT_FILENO};
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(c, &id, &want_list))
            return 2;
    if (want_list)
        return list(items, n);
    for (size_t i = 0; i < n && id; i++)
        if (strcmp(items[i].id, id) == 0)
            run.item = &items[i];
    if (!run.item || !run.place.bin_dir || !run.place.kit_dir) {
        fputs("suite: --list, or --item ID --bin DIR --tools DIR; ipclab grade does this\n",
              stderr);
        return 2;
    }
    run.rng = item_seed(run.seed, id);
    fill_record(&run);
    return run_check(run.item);
}
