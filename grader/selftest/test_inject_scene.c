/* SPDX-License-Identifier: MIT */
/**
 * Injection in a scene: in the jail, under memcheck, several programs at once, and a program held
 * at a place until the suite has done something.
 */
#include "scene_fixture.h"

static struct gr_proc *start(const struct gr_inject *in, enum gr_lens lens, const char *name,
                             const char *arg)
{
    const char *const argv[] = {name, arg, NULL};
    const struct gr_prog prog = {.argv = argv, .inject = in, .lens = lens};

    return gr_start(s, &prog);
}

static void expect(struct gr_proc *p, const char *out)
{
    gr_wait_exit(p);
    ck_assert_msg(s->stop == GR_GO, "%s; stderr: %s", s->trouble, gr_buf_text(&p->errbuf));
    ck_assert_msg(strcmp(gr_buf_text(&p->outbuf), out) == 0, "%s printed \"%s\" and \"%s\"",
                  p->command, gr_buf_text(&p->outbuf), gr_buf_text(&p->errbuf));
    ck_assert_int_eq(p->status, 0);
}

START_TEST(only_programs_that_ask_are_disturbed)
{
    const struct gr_inject in = {.seed = 4, .cut = 100};
    struct gr_proc *p;
    struct gr_call c;
    size_t n;

    if (!scene_begin(_i, 20000))
        return;
    expect(start(NULL, GR_PLAIN, "inj_naive", "sum"), "36\n");
    p = start(&in, GR_INJECT, "inj_naive", "sum");
    ck_assert(gr_wait_exit(p));
    ck_assert_str_ne(gr_buf_text(&p->outbuf), "36\n");
    ck_assert(gr_calls_find(&s->calls, "read", NULL, &c));
    ck_assert_str_eq(c.label, "1");
    ck_assert_str_eq(c.fault, "short");
    n = gr_calls_count(&s->calls, NULL);
    expect(start(NULL, GR_PLAIN, "inj_naive", "sum"), "36\n");
    gr_finish(s);
    ck_assert_uint_eq(gr_calls_count(&s->calls, NULL), n);
    scene_end();
}
END_TEST

START_TEST(few_descriptors_and_an_exec_keep_the_log)
{
    const struct gr_inject in = {.seed = 4, .cut = 50, .trace = "read"};
    const char *argv[] = {"/lab/bin/inj_family", "again", NULL};
    const struct gr_prog prog = {.argv = argv, .inject = &in, .nofile = 10};
    char path[4200];

    if (!scene_begin(_i, 20000))
        return;
    snprintf(path, sizeof path, "%s/inj_family", world.bin);
    if (_i == GR_JAIL_NONE)
        argv[0] = path;
    expect(gr_start(s, &prog), "ok\n");
    ck_assert(gr_calls_find(&s->calls, "read", "3 64", NULL));
    scene_end();
}
END_TEST

START_TEST(works_under_memcheck)
{
    const struct gr_inject in = {.seed = 9, .cut = 100, .eintr = 60};

    if (!scene_begin(_i, 20000))
        return;
    expect(start(&in, GR_MEMCHECK_LENS, "inj_storm", NULL), "40200\n");
    gr_finish(s);
    ck_assert_uint_gt(gr_calls_count(&s->calls, "read"), 100);
    if (gr_vg_judge(s->vg) > 0)
        ck_abort_msg("memcheck says: %s", gr_vg_get(s->vg, 0)->what);
    scene_end();
}
END_TEST

START_TEST(suite_holds_a_program_at_a_place)
{
    static const char *const rules[] = {"stop=after:semctl(SETVAL)", "stop=at:loop:*", NULL};
    const struct gr_inject in = {.rules = rules};
    struct gr_proc *p;
    struct gr_call c = {.pid = 0};
    size_t at = 0;

    if (!scene_begin(_i, 20000))
        return;
    p = start(&in, GR_INJECT, "inj_places", NULL);
    ck_assert(gr_wait_call(s, &at, "@stop", "after:semctl", &c));
    ck_assert(gr_wait_line(p, false, "made"));
    ck_assert_str_eq(gr_buf_text(&p->outbuf), "made\n");
    ck_assert(gr_resume(s, c.pid));
    ck_assert(gr_wait_call(s, &at, "@stop", "at:loop", &c));
    ck_assert(gr_resume(s, c.pid));
    ck_assert(gr_wait_call(s, &at, "@stop", "at:loop", &c));
    ck_assert(gr_wait_line(p, false, "set"));
    ck_assert(gr_resume(s, c.pid));
    ck_assert(gr_wait_call(s, &at, "@stop", "at:loop", &c));
    ck_assert(gr_wait_line(p, false, "written"));
    ck_assert_str_eq(gr_buf_text(&p->outbuf), "made\nset\nwritten\nwritten\n");
    ck_assert(gr_resume(s, c.pid));
    expect(p, "made\nset\nwritten\nwritten\nwritten\ndone\n");
    scene_end();
}
END_TEST

START_TEST(bad_rule_is_no_students_fault)
{
    static const char *const rules[] = {"kill=before:nosuchcall", NULL};
    const struct gr_inject in = {.rules = rules};
    struct gr_proc *p;

    if (!scene_begin(_i, 20000))
        return;
    p = start(&in, GR_INJECT, "inj_places", NULL);
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(WEXITSTATUS(p->status), 125);
    ck_assert_ptr_nonnull(strstr(gr_buf_text(&p->errbuf), "gr_inject: "));
    scene_end();
}
END_TEST

static Suite *suite(void)
{
    const TTest *const tests[] = {only_programs_that_ask_are_disturbed,
                                  few_descriptors_and_an_exec_keep_the_log, works_under_memcheck,
                                  suite_holds_a_program_at_a_place, bad_rule_is_no_students_fault};
    Suite *suite = suite_create("inject_scene");
    TCase *tc = tcase_create("scene");

    tcase_set_timeout(tc, 300);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_loop_test(tc, tests[i], GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    world_make();
    return world_run(suite());
}
