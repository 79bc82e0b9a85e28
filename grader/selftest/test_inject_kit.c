/* SPDX-License-Identifier: MIT */
/**
 * Stepping: kit.h in a student's program, held and let go by the suite (gr_kit.h).
 */
#include "gr_kit.h"
#include "scene_fixture.h"

static struct gr_proc *start(const char *mode, bool hooks, const char *const *rules)
{
    const struct gr_inject in = {.hooks = hooks, .rules = rules};
    const char *const argv[] = {"kit_steps", mode, NULL};
    const struct gr_prog prog = {.argv = argv, .inject = &in};

    return gr_start(s, &prog);
}

static void expect(struct gr_proc *p, const char *out)
{
    ck_assert_msg(gr_wait_exit(p), "%s; %s", s->trouble, gr_buf_text(&p->errbuf));
    ck_assert_str_eq(gr_buf_text(&p->outbuf), out);
    ck_assert_int_eq(p->status, 0);
}

START_TEST(hooks_sleep_unless_asked)
{
    static const char *const rules[] = {"stop=at:enter.room", NULL};
    const char *const argv[] = {"kit_steps", "errno", NULL};
    const struct gr_prog alone = {.argv = argv};

    if (!scene_begin(_i, 20000))
        return;
    expect(gr_start(s, &alone), "kept\n");
    expect(start("errno", false, rules), "kept\n");
    gr_finish(s);
    ck_assert_uint_eq(gr_calls_count(&s->calls, NULL), 0);
    scene_end();
}
END_TEST

START_TEST(hooks_tell_the_order_and_keep_errno)
{
    struct gr_hook h = {.pid = 0};
    size_t at = 0;

    if (!scene_begin(_i, 20000))
        return;
    expect(start("errno", true, NULL), "kept\n");
    gr_finish(s);
    ck_assert(gr_hook_next(&s->calls, &at, &h));
    ck_assert_str_eq(h.what, "enter");
    ck_assert_str_eq(h.kind, "room");
    ck_assert_int_eq(h.i, 1);
    ck_assert_str_eq(h.label, "0");
    ck_assert(!gr_hook_next(&s->calls, &at, &h));
    scene_end();
}
END_TEST

/* One is held inside; the other must stay at the door, as often as we look. */
START_TEST(one_is_held_inside_while_the_other_waits)
{
    static const char *const rules[] = {"stop=at:want.room.1", "stop=at:enter.room.0", NULL};
    struct gr_proc *p;
    struct gr_call in = {.pid = 0}, out = {.pid = 0};
    size_t at = 0;

    if (!scene_begin(_i, 20000))
        return;
    p = start("room", true, rules);
    ck_assert(gr_wait_held(s, &at, "enter.room", &in));
    at = 0;
    ck_assert(gr_wait_held(s, &at, "want.room.1", &out));
    ck_assert(gr_resume(s, out.pid));
    at = 0;
    ck_assert(!gr_wait_held(s, &at, "enter.room.1", &out));
    ck_assert(gr_wait_still(s));
    ck_assert(gr_wait_still(s));
    ck_assert_str_eq(gr_buf_text(&p->outbuf), "");
    ck_assert_uint_eq(gr_hooks_count(&s->calls, "want", "room", -1), 2);
    ck_assert_uint_eq(gr_hooks_count(&s->calls, "enter", "room", -1), 1);
    ck_assert_msg(s->stop == GR_GO, "%s", s->trouble);
    gr_let_go(s);
    expect(p, "in 0\nin 1\n");
    scene_end();
}
END_TEST

/* The second one is held only after the first one was let go. */
START_TEST(those_to_come_are_let_go)
{
    static const char *const rules[] = {"stop=at:enter.room", "stop=at:leave.room", NULL};
    struct gr_proc *p;

    if (!scene_begin(_i, 20000))
        return;
    p = start("room", true, rules);
    ck_assert(gr_wait_still(s));
    ck_assert_uint_eq(gr_let_go(s), 1);
    ck_assert(gr_wait_still(s));
    ck_assert(gr_let_run(p));
    ck_assert_int_eq(p->status, 0);
    ck_assert_uint_eq(gr_calls_count(&s->calls, "@stop"), 4);
    ck_assert_uint_eq(gr_let_go(s), 0);
    scene_end();
}
END_TEST

/* Everybody who spoke is killed, the one that waits outside, too. */
START_TEST(a_whole_run_is_killed)
{
    static const char *const rules[] = {"stop=at:enter.room", NULL};
    struct gr_call c = {.pid = 0};
    struct gr_hook h = {.pid = 0};
    struct gr_proc *p;
    size_t at = 0;

    if (!scene_begin(_i, 20000))
        return;
    p = start("room", true, rules);
    ck_assert(gr_wait_held(s, &at, "enter.room", &c));
    at = 0;
    ck_assert(!gr_wait_hook(s, &at, "leave", "room", -1, &h));
    ck_assert(gr_anybody_held(s));
    gr_kill_hooked(p, 0);
    ck_assert(p->ended && WIFSIGNALED(p->status));
    ck_assert(gr_wait_all(s));
    gr_finish(s);
    at = 0;
    ck_assert_ptr_null(gr_fact(s, GR_FACT_PROCESS, &at));
    scene_end();
}
END_TEST

/* The same without a semaphore: the second one comes in. */
START_TEST(a_missing_wait_shows)
{
    static const char *const rules[] = {"stop=at:enter.room.0", "stop=at:enter.room.1", NULL};
    struct gr_proc *p;
    struct gr_call c = {.pid = 0};
    size_t at = 0;

    if (!scene_begin(_i, 20000))
        return;
    p = start("open", true, rules);
    ck_assert(gr_wait_held(s, &at, "enter.room.0", &c));
    at = 0;
    ck_assert(gr_wait_held(s, &at, "enter.room.1", &c));
    gr_let_go(s);
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(p->status, 0);
    scene_end();
}
END_TEST

START_TEST(one_is_killed_at_a_point)
{
    static const char *const rules[] = {"kill=at:point.three:3", NULL};
    struct gr_proc *p;

    if (!scene_begin(_i, 20000))
        return;
    p = start("points", true, rules);
    ck_assert(gr_wait_exit(p));
    ck_assert(WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGKILL);
    ck_assert_str_eq(gr_buf_text(&p->outbuf), "1\n2\n3\n");
    gr_finish(s);
    ck_assert_uint_eq(gr_hooks_count(&s->calls, "point", "three", -1), 3);
    scene_end();
}
END_TEST

START_TEST(a_name_cannot_forge_a_line)
{
    struct gr_call c = {.pid = 0};
    struct gr_hook h = {.pid = 0};
    size_t at = 0;

    if (!scene_begin(_i, 20000))
        return;
    expect(start("forge", true, NULL), "done\n");
    gr_finish(s);
    ck_assert(!gr_calls_find(&s->calls, "@stop", NULL, NULL));
    ck_assert(gr_hook_next(&s->calls, &at, &h));
    ck_assert_str_eq(h.kind, "a?b?1?1??stop?at?enter?x");
    ck_assert_int_eq(h.i, 7);
    at = 0;
    while (gr_calls_next(&s->calls, &at, NULL, &c))
        ck_assert_int_gt(c.pid, 1);
    scene_end();
}
END_TEST

/* Given to two labs, and one text. */
START_TEST(kit_is_the_same_in_all_labs)
{
    ck_assert_int_eq(
        run_shell("for f in labs/*/kit.h; do cmp labs/04-semaphores/kit.h $f || exit; done"), 0);
}
END_TEST

static Suite *suite(void)
{
    const TTest *const tests[] = {hooks_sleep_unless_asked,
                                  hooks_tell_the_order_and_keep_errno,
                                  one_is_held_inside_while_the_other_waits,
                                  those_to_come_are_let_go,
                                  a_whole_run_is_killed,
                                  a_missing_wait_shows,
                                  one_is_killed_at_a_point,
                                  a_name_cannot_forge_a_line};
    Suite *suite = suite_create("kit");
    TCase *tc = tcase_create("steps"), *given = tcase_create("given");

    tcase_set_timeout(tc, 300);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_loop_test(tc, tests[i], GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    tcase_add_test(given, kit_is_the_same_in_all_labs);
    suite_add_tcase(suite, tc);
    suite_add_tcase(suite, given);
    return suite;
}

int main(void)
{
    world_make();
    return world_run(suite());
}
