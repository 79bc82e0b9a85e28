/* SPDX-License-Identifier: MIT */
/**
 * Where one program comes to rest (gr_rest.h) while another one is held.
 */
#include "gr_rest.h"
#include "scene_fixture.h"

static struct gr_proc *start(const char *program, const char *arg, const char *rule)
{
    const char *const rules[] = {rule, NULL};
    const struct gr_inject in = {.hooks = true, .rules = rules};
    const char *const argv[] = {program, arg, NULL};
    const struct gr_prog prog = {.argv = argv, .keep_input = true, .inject = rule ? &in : NULL};

    return gr_start(s, &prog);
}

START_TEST(held_asleep_or_ended)
{
    struct gr_proc *held, *asleep, *ended;

    if (!scene_begin(_i, 20000))
        return;
    held = start("kit_steps", "errno", "stop=at:enter.room");
    ck_assert_int_eq(gr_wait_rest(held), GR_REST_HELD);
    asleep = start("cat", "-", NULL);
    ck_assert_int_eq(gr_wait_rest(asleep), GR_REST_ASLEEP);
    ended = start("kit_steps", "errno", NULL);
    ck_assert_int_eq(gr_wait_rest(ended), GR_REST_ENDED);
    ck_assert_int_eq(gr_wait_rest(held), GR_REST_HELD);
    ck_assert_msg(s->stop == GR_GO, "who is held is no deadlock: %s", s->trouble);
    ck_assert(gr_resume(s, held->pid));
    ck_assert_int_eq(gr_wait_rest(held), GR_REST_ENDED);
    gr_close_input(asleep);
    ck_assert(gr_wait_exit(asleep));
    scene_end();
}
END_TEST

/* It sleeps a little, looks, sleeps a little: the jail is never still, and yet it waits. */
START_TEST(who_looks_again_and_again_waits)
{
    static const char loop[] = "while ! [ -e never ]; do sleep 0.01; done";
    const char *const argv[] = {"sh", "-c", loop, NULL};
    const struct gr_prog prog = {.argv = argv};
    struct gr_proc *p;

    if (!scene_begin(_i, 20000))
        return;
    p = gr_start(s, &prog);
    ck_assert_int_eq(gr_wait_rest(p), GR_REST_ASLEEP);
    scene_end();
}
END_TEST

START_TEST(a_busy_one_ends_at_a_limit)
{
    struct gr_proc *p;

    if (!scene_begin(_i, 20000))
        return;
    gr_scene_close(s);
    s = gr_scene_open(&place, 300);
    p = start("spin", NULL, NULL);
    ck_assert_int_eq(gr_wait_rest(p), GR_REST_NONE);
    ck_assert_int_eq(s->stop, GR_STOP_CPU);
    scene_end();
}
END_TEST

/* A mutex is made inside libpthread, with no system call: only its wrapper can hold that. */
START_TEST(held_before_a_mutex_is_made)
{
    struct gr_call c;
    struct gr_proc *p;
    size_t at = 0;

    if (!scene_begin(_i, 20000))
        return;
    p = start("kit_steps", "mutex", "stop=before:pthread_mutex_init");
    ck_assert_int_eq(gr_wait_rest(p), GR_REST_HELD);
    ck_assert(gr_calls_next(&s->calls, &at, "@stop", &c));
    ck_assert_str_eq(gr_buf_text(&p->outbuf), "");
    ck_assert(gr_resume(s, p->pid));
    ck_assert_int_eq(gr_wait_rest(p), GR_REST_ENDED);
    ck_assert_str_eq(gr_buf_text(&p->outbuf), "0\n");
    scene_end();
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("rest");
    TCase *tc = tcase_create("rest");

    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, held_asleep_or_ended, GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    tcase_add_loop_test(tc, who_looks_again_and_again_waits, GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    tcase_add_loop_test(tc, a_busy_one_ends_at_a_limit, GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    tcase_add_loop_test(tc, held_before_a_mutex_is_made, GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    world_make();
    return world_run(suite());
}
