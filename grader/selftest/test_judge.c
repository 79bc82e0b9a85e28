/* SPDX-License-Identifier: MIT */
/**
 * Programs with known behaviour, judged by the real library in real jails: which verdict, which
 * finding, which words. This program is its own suite: called with --item it is what `ipclab
 * grade` would start, called without it runs every item so, on both backends, and compares.
 *
 * An item is a command (its `program`), run by one of a few scenarios; the expectation stands
 * beside it, in judge_cases.h. After each the machine must be as before.
 */
#include <stdbool.h>

#include "gr_kit.h"
#include "gr_queue.h"
#include "gr_suite.h"
#include "judge_cases.h"
#include "scene_util.h"

#define CANARY "canary-5f1d7c"

/* Item and expectation are two views of one case. */
static struct gr_item items[NCASES];

/* Start the case's command with @input; extra options in @prog. */
static struct gr_proc *start(struct gr_run *r, struct gr_prog prog)
{
    static char words[512];
    const char *argv[32];
    size_t n = 0;

    snprintf(words, sizeof words, "%s", r->item->program);
    for (char *save, *w = strtok_r(words, " ", &save); w && n < 31; w = strtok_r(NULL, " ", &save))
        argv[n++] = w;
    argv[n] = NULL;
    prog.argv = argv;
    return gr_run_prog(r, &prog);
}

/* The plainest of scenarios: it must end with 0. */
static void ends_well(struct gr_run *r)
{
    gr_expect_exit(r, start(r, (struct gr_prog){.input = "some input\n"}), 0);
}

static void prints_done(struct gr_run *r)
{
    struct gr_proc *p = start(r, (struct gr_prog){0});

    gr_expect_exit(r, p, 0);
    gr_expect_out(r, p, "done\n");
}

static void dies_of_term(struct gr_run *r)
{
    gr_expect_signal(r, start(r, (struct gr_prog){0}), SIGTERM);
}

/* The suite holds the only write end of its stdin, and then only waits. */
static void input_is_kept(struct gr_run *r)
{
    gr_expect_exit(r, start(r, (struct gr_prog){.keep_input = true}), 0);
}

static void says_nothing(struct gr_run *r)
{
    struct gr_proc *p = start(r, (struct gr_prog){0});

    gr_wait_exit(p);
    gr_expect_going(r);
    gr_expect_err(r, p, false);
}

/* No room for Valgrind's temporary files: its trouble, not the program's. */
static void no_tmpdir(struct gr_run *r)
{
    static const char *const env[] = {"TMPDIR=/nonexistent", NULL};

    gr_expect_exit(r, start(r, (struct gr_prog){.env = env}), 0);
}

static void too_many_starts(struct gr_run *r)
{
    for (int i = 0; i < 2 * GR_MAX_PROCS; i++)
        gr_expect_exit(r, start(r, (struct gr_prog){0}), 0);
}

static void too_many_processes(struct gr_run *r)
{
    struct gr_proc *p = start(r, (struct gr_prog){.nproc = 40});

    gr_wait_exit(p);
    gr_expect_going(r);
}

static void held_and_fails(struct gr_run *r)
{
    static const char *const rules[] = {"stop=at:want.room", "stop=at:enter.room", NULL};
    const struct gr_inject in = {.hooks = true, .rules = rules};
    struct gr_proc *p = start(r, (struct gr_prog){.inject = &in});

    gr_wait_still(p->scene);
    gr_let_go(p->scene); /* from the first hook: only the second one may be told */
    gr_wait_still(p->scene);
    gr_fail(r, GR_FAIL, "a step was not taken");
}

static void queue_planted(struct gr_run *r)
{
    if (gr_mq_make(gr_scene(r), "/planted", 2, 10, 0600) == -1)
        gr_fail(r, GR_INFRA, "cannot plant a queue");
    ends_well(r);
}

static void (*const scenarios[])(struct gr_run *) = {
    [ENDS_WELL] = ends_well,           [PRINTS_DONE] = prints_done,
    [DIES_OF_TERM] = dies_of_term,     [INPUT_IS_KEPT] = input_is_kept,
    [SAYS_NOTHING] = says_nothing,     [NO_TMPDIR] = no_tmpdir,
    [TOO_MANY] = too_many_starts,      [FEW_PROCESSES] = too_many_processes,
    [HELD_AND_FAILS] = held_and_fails, [QUEUE_PLANTED] = queue_planted,
};

static void make_items(void)
{
    for (size_t i = 0; i < NCASES; i++)
        items[i] = (struct gr_item){.id = cases[i].id,
                                    .part = "S",
                                    .title = cases[i].id,
                                    .lens = cases[i].lens,
                                    .points = 3,
                                    .program = cases[i].command,
                                    .step = "00.0",
                                    .judges = cases[i].judges,
                                    .cost = 0.1,
                                    .run = scenarios[cases[i].scenario]};
}

/* The forked child: this program again, as a suite process. */
static _Noreturn void run_suite(const struct judge_case *c, enum gr_backend b, int fd)
{
    int null = open("/dev/null", O_RDWR);
    char source[64], slot[16];
    /* Saves four seconds a case; but a bomb leaves the warden little of the processor. */
    bool quick = c->verdict == GR_CPU_LIMIT && !(c->where & NONE_ROOT);

    if (dup2(null, 0) == -1 || dup2(fd, 3) == -1)
        _exit(126);
    dup2(null, 2);
    snprintf(source, sizeof source, "%.*s.c", (int)strcspn(c->command, " "), c->command);
    snprintf(slot, sizeof slot, "%d", world.slot);
    setenv("CANARY", CANARY, 1);
    execl("/proc/self/exe", "suite", "--item", c->id, "--bin", world.bin, "--tools", world.kit,
          "--jail", gr_backend_name(b), "--slot", slot, "--work", world.work, "--result-fd", "3",
          "--source", CANARY, "--source", source, "--time-scale", quick ? "0.2" : "1",
          (char *)NULL);
    _exit(126);
}

/* Run one case in a suite process. Return: its exit status; the record is in @r. */
static int judged(const struct judge_case *c, enum gr_backend b, struct gr_record *r)
{
    static char line[300 << 10];
    size_t len = 0;
    int fds[2], status;
    char err[200];
    ssize_t n;
    pid_t pid;

    ck_assert_int_eq(gr_pipe(fds), 0);
    pid = fork();
    ck_assert_int_ne(pid, -1);
    if (pid == 0)
        run_suite(c, b, fds[1]);
    close(fds[1]);
    while ((n = read(fds[0], line + len, sizeof line - 1 - len)) > 0)
        len += (size_t)n;
    close(fds[0]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status), "%s: the suite process died", c->id);
    ck_assert_msg(len > 0 && memchr(line, '\n', len) == line + len - 1,
                  "%s: not one whole record (%zu bytes, exit %d)", c->id, len, WEXITSTATUS(status));
    ck_assert_msg(gr_record_from_json(r, line, len - 1, err, sizeof err) == 0, "%s: %s", c->id,
                  err);
    return WEXITSTATUS(status);
}

static bool has_finding(const struct gr_record *r, const char *kind, const char *words)
{
    for (size_t i = 0; i < r->nfindings; i++)
        if (strcmp(r->findings[i].kind, kind) == 0 &&
            (!words || strstr(r->findings[i].text, words)))
            return true;
    return false;
}

static void show(const struct gr_record *r)
{
    printf("  verdict %s: %s\n  actual: %s\n", gr_verdict_name(r->verdict),
           r->message ? r->message : "", r->actual ? r->actual : "");
    for (size_t i = 0; i < r->nfindings; i++)
        printf("  %s %s %d: %s\n", r->findings[i].kind, r->findings[i].process, r->findings[i].pid,
               r->findings[i].text);
    fflush(stdout);
}

/* Nothing a program prints may reach a record as a control character. */
static void is_printable(const char *s)
{
    for (; s && *s; s++)
        ck_assert_msg((unsigned char)*s >= ' ' || *s == '\n', "control character %d in a record",
                      *s);
}

static void check_case(const struct judge_case *c, enum gr_backend b)
{
    static struct host before;
    enum gr_verdict want = c->verdict;
    struct gr_record r;
    int status;

    host_look(&before);
    status = judged(c, b, &r);
    if (r.verdict != want || (c->words && !strstr(r.message ? r.message : "", c->words)) ||
        (c->finding && !has_finding(&r, c->finding, c->finding_words))) {
        show(&r);
        ck_abort_msg("%s (%s) on %s: expected %s \"%s\", finding %s \"%s\"", c->id, c->command,
                     gr_backend_name(b), gr_verdict_name(want), c->words ? c->words : "",
                     c->finding ? c->finding : "-", c->finding_words ? c->finding_words : "");
    }
    ck_assert_msg(c->finding || r.nfindings == 0 || want != GR_PASS, "%s: a pass with findings",
                  c->id);
    ck_assert_int_eq(status, want == GR_PASS ? 0 : 1);
    ck_assert_int_eq(r.points, want == GR_PASS ? 3 : 0);
    is_printable(r.message);
    is_printable(r.actual);
    for (size_t i = 0; i < r.nfindings; i++)
        is_printable(r.findings[i].text);
    gr_record_release(&r);
    world_clean();
    host_same(&before, c->id);
}

START_TEST(in_the_bwrap_jail)
{
    if (world.why[0] == '\0' && !(cases[_i].where & NOT_BWRAP))
        check_case(&cases[_i], GR_JAIL_BWRAP);
}
END_TEST

START_TEST(without_a_jail)
{
    if (!(cases[_i].where & NOT_NONE) && (geteuid() == 0 || !(cases[_i].where & NONE_ROOT)))
        check_case(&cases[_i], GR_JAIL_NONE);
}
END_TEST

/* Is a program called @name running under the jail's user? */
static bool runs(const char *name)
{
    uid_t uid = geteuid() == 0 ? gr_jail_uid(JUDGE_SLOT) : geteuid();
    DIR *d = opendir("/proc");
    bool found = false;
    struct dirent *e;

    while (d && !found && (e = readdir(d))) {
        char path[300], comm[32];
        struct stat st;

        snprintf(path, sizeof path, "/proc/%s/comm", e->d_name);
        found = stat(path, &st) == 0 && st.st_uid == uid &&
                gr_read_file(path, comm, sizeof comm) > 0 && strcmp(comm, name) == 0;
    }
    if (d)
        closedir(d);
    return found;
}

/* SIGKILL to the suite process in the middle of an item: nothing may be left of it. */
START_TEST(killed_suite_leaves_nothing)
{
    static const struct judge_case spin = {.id = "spin", .command = "spin 1"};
    static struct host before;
    pid_t pid;
    int null;

    if (_i == GR_JAIL_BWRAP && world.why[0] != '\0')
        return;
    host_look(&before);
    pid = fork();
    ck_assert_int_ne(pid, -1);
    if (pid == 0 && (null = open("/dev/null", O_WRONLY)) != -1)
        run_suite(&spin, (enum gr_backend)_i, null);
    while (!runs("spin\n"))
        ck_assert_int_eq(waitpid(pid, NULL, WNOHANG), 0);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    while (waitpid(-1, NULL, 0) > 0) /* all that the suite left are ours now */
        ;
    world_clean();
    host_same(&before, "killed suite");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("judge");
    TCase *bwrap = tcase_create("bwrap"), *none = tcase_create("none");
    TCase *killed = tcase_create("killed");

    tcase_set_timeout(bwrap, 600);
    tcase_set_timeout(none, 600);
    tcase_add_loop_test(bwrap, in_the_bwrap_jail, 0, NCASES);
    tcase_add_loop_test(none, without_a_jail, 0, NCASES);
    suite_add_tcase(s, bwrap);
    tcase_set_timeout(killed, 300);
    tcase_add_loop_test(killed, killed_suite_leaves_nothing, GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    suite_add_tcase(s, none);
    suite_add_tcase(s, killed);
    return s;
}

int main(int argc, char **argv)
{
    make_items();
    if (argc > 1)
        return gr_suite_main(argc, argv, "00-self", items, NCASES);
    world.slot = JUDGE_SLOT;
    world_make();
    return world_run(suite());
}
