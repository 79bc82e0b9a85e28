/* SPDX-License-Identifier: MIT */
/** What signal handlers call is seen, what they may call is not, and they stay what they were. */
#include "scene_util.h"

static struct host before;
static struct gr_place place;
static struct gr_scene *s;

struct row {
    const char *mode, *out;
    const char *seen; /* arguments of the @handler line; NULL: there must be none */
};

static const struct row rows[] = {
    {"unsafe", "in the handler\n", "printf:10"}, /* gcc may make puts of it */
    {"by-signal", "in the handler\n", "printf:12"},
    {"safe", "before\nw\nafter 1\n", NULL},
    {"jump-out", "out of it\n", NULL},
};

enum { ROWS = sizeof rows / sizeof *rows };

static struct gr_proc *run(const struct gr_inject *in, enum gr_lens lens, const char *mode)
{
    const char *const argv[] = {"inj_handler", mode, NULL};
    struct gr_proc *p = gr_start(s, &(struct gr_prog){.argv = argv, .inject = in, .lens = lens});

    ck_assert_msg(gr_wait_exit(p), "%s", s->trouble);
    ck_assert_msg(p->status == 0, "%s: status %#x, %s", mode, (unsigned)p->status,
                  gr_buf_text(&p->errbuf));
    return p;
}

static bool seen(const char *mode, const char *what, struct gr_call *c)
{
    char puts_of_it[32];

    snprintf(puts_of_it, sizeof puts_of_it, "puts:%s", what ? strchr(what, ':') + 1 : "");
    (void)mode;
    return gr_calls_find(&s->calls, "@handler", what, c) ||
           (what && gr_calls_find(&s->calls, "@handler", puts_of_it, c));
}

static void one(const struct row *row, enum gr_lens lens)
{
    const struct gr_inject watched = {.seed = 1, .handlers = true};
    const struct gr_inject not_asked = {.seed = 1};
    struct gr_call c;

    s = gr_scene_open(&place, 20000);
    ck_assert_str_eq(gr_buf_text(&run(&not_asked, lens, row->mode)->outbuf), row->out);
    ck_assert(!seen(row->mode, NULL, &c));
    ck_assert_str_eq(gr_buf_text(&run(&watched, lens, row->mode)->outbuf), row->out);
    ck_assert_msg(seen(row->mode, row->seen, &c) == (row->seen != NULL), "%s: %s", row->mode,
                  gr_buf_text(&s->calls));
    gr_scene_close(s);
}

START_TEST(calls_in_handlers_are_seen)
{
    enum gr_lens lens = _i / ROWS == 0 ? GR_INJECT : GR_MEMCHECK_LENS;

    host_look(&before);
    place = world_place(world.why[0] ? GR_JAIL_NONE : GR_JAIL_BWRAP);
    one(&rows[_i % ROWS], lens);
    world_clean();
    host_same(&before, "handler");
}
END_TEST

START_TEST(handlers_stay_what_they_are)
{
    const struct gr_inject in = {.seed = 1, .handlers = true};

    host_look(&before);
    place = world_place(world.why[0] ? GR_JAIL_NONE : GR_JAIL_BWRAP);
    s = gr_scene_open(&place, 20000);
    ck_assert_str_eq(gr_buf_text(&run(NULL, GR_PLAIN, "same-old")->outbuf), "1 1 1 1 4711 1\n");
    ck_assert_str_eq(gr_buf_text(&run(&in, GR_INJECT, "same-old")->outbuf), "1 1 1 1 4711 1\n");
    gr_scene_close(s);
    world_clean();
    host_same(&before, "handler");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("inject_handler");
    TCase *tc = tcase_create("handler");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, calls_in_handlers_are_seen, 0, 2 * ROWS);
    tcase_add_test(tc, handlers_stay_what_they_are);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    world_make();
    return world_run(suite());
}
