/* SPDX-License-Identifier: MIT */
/**
 * Scenarios that leave with a verdict, judged whole: called with --item the test program is the
 * suite, without it runs each item so, on both backends, and looks at the record.
 *
 *  1. A table `cases` of struct judged_case: what is started, and what its record must say.
 *  2. main() is `return judged_main(argc, argv, "name", cases, n);`.
 */
#ifndef JUDGED_FIXTURE_H
#define JUDGED_FIXTURE_H

#include "gr_alloc.h"
#include "gr_suite.h"
#include "scene_util.h"

struct judged_case {
    const char *id;
    const char *mode; /* for the scenario: r->item->program */
    const char *verdict;
    const char *words; /* which the record must hold; "" = any */
    void (*run)(struct gr_run *r);
};

static const struct judged_case *judged; /* the table */

static _Noreturn void run_suite(const char *id, enum gr_backend backend, int out)
{
    char fd[16];
    const char *const argv[] = {"suite",
                                "--item",
                                id,
                                "--bin",
                                world.bin,
                                "--tools",
                                world.kit,
                                "--result-fd",
                                fd,
                                "--slot",
                                "16",
                                "--jail",
                                backend == GR_JAIL_NONE ? "none" : "bwrap",
                                "--work",
                                world.work,
                                NULL};

    snprintf(fd, sizeof fd, "%d", out);
    execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
    _exit(126);
}

/* The record of item @i; static. */
static const char *record_of(int i, enum gr_backend backend)
{
    static char text[65536];
    size_t len = 0;
    int ends[2], status;
    ssize_t got;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    ck_assert_int_ne(pid, -1);
    if (pid == 0) {
        close(ends[0]);
        run_suite(judged[i].id, backend, ends[1]);
    }
    close(ends[1]);
    while (len < sizeof text - 1 && (got = read(ends[0], text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    close(ends[0]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return text;
}

START_TEST(case_is_judged)
{
    const struct judged_case *c = &judged[_i / 2];
    enum gr_backend backend = _i % 2 ? GR_JAIL_NONE : GR_JAIL_BWRAP;
    static struct host before;
    const char *record;
    char *verdict;

    if (backend == GR_JAIL_BWRAP && world.why[0] != '\0')
        return;
    host_look(&before);
    verdict = gr_xasprintf("\"%s\"", c->verdict);
    record = record_of(_i / 2, backend);
    ck_assert_msg(strstr(record, verdict), "%s should be %s: %s", c->id, c->verdict, record);
    ck_assert_msg(strstr(record, c->words), "%s should say %s: %s", c->id, c->words, record);
    free(verdict);
    world_clean();
    host_same(&before, c->id);
}
END_TEST

static inline int judged_main(int argc, char **argv, const char *name,
                              const struct judged_case *cases, size_t n)
{
    Suite *s = suite_create(name);
    TCase *tc = tcase_create("judged");

    judged = cases;
    if (argc > 1) {
        struct gr_item *items = gr_xcalloc(n, sizeof *items);

        for (size_t i = 0; i < n; i++) /* what is looked for must not be there by itself */
            items[i] = (struct gr_item){.id = cases[i].id,
                                        .part = "0",
                                        .title = "-",
                                        .points = 1,
                                        .program = cases[i].mode,
                                        .step = "00.0",
                                        .concept = "-",
                                        .run = cases[i].run};
        return gr_suite_main(argc, argv, "00-self", items, n);
    }
    world_make();
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, case_is_judged, 0, 2 * (int)n);
    suite_add_tcase(s, tc);
    return world_run(s);
}

#endif
