/* SPDX-License-Identifier: MIT */
/* Purpose: what a report shows as run is what was run, set-up included, as a shell would be told.
 */
#include <check.h>
#include <stdlib.h>

#include "gr_scene.h"

static const char *const argv[] = {"pl", "yes", ":", "sh", "-c", "exit 3", NULL};

/* Takes @got over. */
static void is(char *got, const char *want)
{
    ck_assert_ptr_nonnull(got);
    ck_assert_str_eq(got, want);
    free(got);
}

START_TEST(words_are_quoted)
{
    is(gr_command_line(&(struct gr_prog){.argv = argv}), "pl yes : sh -c 'exit 3'");
}
END_TEST

START_TEST(limits_and_signals_stand_in_front)
{
    is(gr_command_line(&(struct gr_prog){.argv = argv, .nofile = 16}),
       "(ulimit -Sn 16; pl yes : sh -c 'exit 3')");
    is(gr_command_line(&(struct gr_prog){.argv = argv, .sigpipe_ignored = true}),
       "(trap '' PIPE; pl yes : sh -c 'exit 3')");
    is(gr_command_line(&(struct gr_prog){
           .argv = argv, .nofile = 5, .sigpipe_ignored = true, .sigterm_ignored = true}),
       "(ulimit -Sn 5; trap '' PIPE TERM; pl yes : sh -c 'exit 3')");
}
END_TEST

START_TEST(redirections_stand_behind)
{
    is(gr_command_line(&(struct gr_prog){.argv = argv, .stdout_word = "/dev/full"}),
       "pl yes : sh -c 'exit 3' >/dev/full");
    is(gr_command_line(&(struct gr_prog){
           .argv = argv, .nofile = 9, .stdin_word = "a file", .stdout_word = "/dev/full"}),
       "(ulimit -Sn 9; pl yes : sh -c 'exit 3' <'a file' >/dev/full)");
}
END_TEST

START_TEST(the_rest_is_a_remark)
{
    ck_assert_ptr_null(gr_command_remark(&(struct gr_prog){.argv = argv}));
    is(gr_command_remark(&(struct gr_prog){.argv = argv, .remark = "into a socket"}),
       "into a socket");
    is(gr_command_remark(&(struct gr_prog){.argv = argv, .nproc = 6}),
       "with at most 6 processes at once");
    is(gr_command_remark(&(struct gr_prog){.argv = argv, .remark = "x", .nproc = 1}),
       "x, with at most 1 processes at once");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("command");
    TCase *tc = tcase_create("command");
    SRunner *sr = srunner_create(s);
    int failed;

    suite_add_tcase(s, tc);
    tcase_add_test(tc, words_are_quoted);
    tcase_add_test(tc, limits_and_signals_stand_in_front);
    tcase_add_test(tc, redirections_stand_behind);
    tcase_add_test(tc, the_rest_is_a_remark);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
