/* SPDX-License-Identifier: MIT */
/**
 * Whether a Memcheck report is whole: what may be missing, what cannot be Valgrind's, and when it
 * is Valgrind that failed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "vg_util.h"

START_TEST(no_report_at_all_is_incomplete)
{
    expect_only("", _i, GR_VG_INCOMPLETE, "no report");
}
END_TEST

START_TEST(started_process_without_a_banner_is_incomplete)
{
    struct gr_vg *v = fed(BANNER(P1) SUMMARY(P1, "0"), _i);

    gr_vg_started(v, 12, "pl");
    ck_assert_uint_eq(gr_vg_judge(v), 1);
    find(v, GR_VG_INCOMPLETE, "pid 12 (pl)");
    gr_vg_free(v);
}
END_TEST

START_TEST(banner_without_summary_is_incomplete)
{
    expect_only(BANNER(P1) BANNER(P2) SUMMARY(P1, "0"), _i, GR_VG_INCOMPLETE, "pid 12 (sieve)");
}
END_TEST

static size_t incomplete_when(enum gr_vg_end end, const char *log, int i)
{
    struct gr_vg *v = fed(log, i);

    gr_vg_process(v, 12, "sieve", end);
    gr_vg_judge(v);
    size_t n = count_kind(v, GR_VG_INCOMPLETE);
    gr_vg_free(v);
    return n;
}

START_TEST(only_sigkill_and_exec_excuse_a_missing_summary)
{
    static const char log[] = BANNER(P1) BANNER(P2) SUMMARY(P1, "0");

    ck_assert_uint_eq(incomplete_when(GR_VG_KILLED, log, _i), 0);
    ck_assert_uint_eq(incomplete_when(GR_VG_EXECED, log, _i), 0);
    ck_assert_uint_eq(incomplete_when(GR_VG_EXITED, log, _i), 1);
    ck_assert_uint_eq(incomplete_when(GR_VG_SIGNALED, log, _i), 1);
}
END_TEST

START_TEST(child_without_summary_is_suspect_only_if_it_exited)
{
    static const char log[] = BANNER(P1) WRITE(P2) SUMMARY(P1, "0");

    ck_assert_uint_eq(incomplete_when(GR_VG_UNKNOWN, log, _i), 0);
    ck_assert_uint_eq(incomplete_when(GR_VG_KILLED, log, _i), 0);
    ck_assert_uint_eq(incomplete_when(GR_VG_EXITED, log, _i), 1);
}
END_TEST

START_TEST(killed_process_may_have_its_summary_all_the_same)
{
    struct gr_vg *v = fed(BANNER(P1) SUMMARY(P1, "0"), _i);

    gr_vg_process(v, 11, "sieve", GR_VG_KILLED);
    ck_assert_uint_eq(gr_vg_judge(v), 0);
    gr_vg_free(v);
}
END_TEST

START_TEST(program_that_execs_has_two_banners)
{
    expect_clean(BANNER(P1) BANNER(P1) SUMMARY(P1, "0"), _i);
    expect_only(BANNER(P1) WRITE(P1) BANNER(P1) SUMMARY(P1, "0"), _i, GR_VG_ERROR, "Invalid");
}
END_TEST

START_TEST(two_summaries_are_forged)
{
    expect_only(BANNER(P1) SUMMARY(P1, "0") SUMMARY(P1, "0"), _i, GR_VG_FORGED, "two error");
    expect_only(BANNER(P1) SUMMARY(P2, "0") SUMMARY(P2, "0") SUMMARY(P1, "0"), _i, GR_VG_FORGED,
                "two error");
}
END_TEST

START_TEST(banner_after_the_summary_is_forged)
{
    expect_only(BANNER(P1) SUMMARY(P1, "0") BANNER(P1) SUMMARY(P1, "0"), _i, GR_VG_FORGED, "anew");
}
END_TEST

START_TEST(summary_with_fewer_errors_than_shown_is_forged)
{
    struct gr_vg *v = fed(BANNER(P1) WRITE(P1) SUMMARY(P1, "0"), _i);

    ck_assert_uint_eq(gr_vg_judge(v), 2);
    find(v, GR_VG_ERROR, "Invalid write");
    find(v, GR_VG_FORGED, "fewer errors");
    gr_vg_free(v);
}
END_TEST

START_TEST(summary_with_more_errors_than_shown_is_forged)
{
    expect_only(BANNER(P1) SUMMARY(P1, "1"), _i, GR_VG_FORGED, "missing");
    expect_only(BANNER(P1) SUMMARY(P2, "1") SUMMARY(P1, "0"), _i, GR_VG_FORGED, "missing");
}
END_TEST

#define OPEN_FD(p) p "Open file descriptor 5: /x\n" p "   at 0x1092E4: main (a.c:14)\n" p "\n"

START_TEST(open_descriptors_make_up_for_errors_only_where_they_are_errors)
{
    struct gr_vg *v = fed(BANNER(P1) OPEN_FD(P1) SUMMARY(P1, "1"), _i);

    gr_vg_judge(v);
    ck_assert_uint_eq(count_kind(v, GR_VG_FORGED), 1);
    gr_vg_free(v);
    v = fed(P1 "Memcheck, a memory error detector\n" P1
               "Using Valgrind-3.24.0 and LibVEX; rerun with -h for copyright info\n" P1
               "\n" OPEN_FD(P1) SUMMARY(P1, "1"),
            _i);
    gr_vg_judge(v);
    ck_assert_uint_eq(count_kind(v, GR_VG_FORGED), 0);
    gr_vg_free(v);
}
END_TEST

START_TEST(later_words_about_the_version_change_nothing)
{
    struct gr_vg *v = fed(
        BANNER(P1) P1 "Using Valgrind-3.24.0 and more\n" P1 "\n" OPEN_FD(P1) SUMMARY(P1, "1"), _i);

    gr_vg_judge(v);
    find(v, GR_VG_FORGED, "missing");
    gr_vg_free(v);
}
END_TEST

START_TEST(summary_in_other_words_is_forged)
{
    expect_only(BANNER(P1) P1 "ERROR SUMMARY: none at all\n", _i, GR_VG_FORGED, "worded");
}
END_TEST

START_TEST(overflowing_counts_are_read_as_huge)
{
    expect_only(BANNER(P1) SUMMARY(P1, "99999999999999999999999999"), _i, GR_VG_FORGED, "missing");
}
END_TEST

START_TEST(text_without_a_prefix_is_forged)
{
    expect_only(BANNER(P1) "\n  \nhello\n" SUMMARY(P1, "0"), _i, GR_VG_FORGED, "hello");
    expect_only(BANNER(P1) SUMMARY(P1, "0") "hello", _i, GR_VG_FORGED, "hello");
}
END_TEST

START_TEST(client_request_output_is_forged)
{
    expect_only(BANNER(P1) "**11** ==11== hello\n" SUMMARY(P1, "0"), _i, GR_VG_FORGED,
                "VALGRIND_PRINTF");
}
END_TEST

START_TEST(text_in_front_of_a_line_does_not_hide_it)
{
    struct gr_vg *v = fed(BANNER(P1) "==77== " WRITE(P1) "x" SUMMARY(P1, "1"), _i);

    ck_assert_uint_eq(gr_vg_judge(v), 2);
    find(v, GR_VG_ERROR, "Invalid write");
    find(v, GR_VG_FORGED, "==77==");
    gr_vg_free(v);
}
END_TEST

START_TEST(arguments_of_a_command_may_say_anything)
{
    expect_clean(P1 "Memcheck, a memory error detector\n" P1 "Command: bin/pl ==12== Memcheck\n" P1
                    "second line of an argument\n" P1 "\n" SUMMARY(P1, "0"),
                 _i);
}
END_TEST

START_TEST(long_line_of_one_process_may_be_cut_by_another)
{
    char log[4096], arg[401];
    struct gr_vg *v = gr_vg_new();

    memset(arg, 'x', 400);
    arg[400] = '\0';
    snprintf(log, sizeof(log),
             "%sMemcheck, a memory error detector\n%sCommand: bin/pl %s" WRITE(
                 P2) "%s\n" P1 "\n" SUMMARY(P2, "1") SUMMARY(P1, "0"),
             P1, P1, arg, arg);
    feed(v, log, piece_of(_i));
    ck_assert_uint_eq(gr_vg_judge(v), 1);
    find(v, GR_VG_ERROR, "Invalid write");
    gr_vg_free(v);
}
END_TEST

#define ASSERTION "\nvalgrind: m_mallocfree.c:303 (get_bszB_as_is): Assertion 'lo == hi' failed.\n"
#define BREAKDOWN                                                                                  \
    ASSERTION "\nhost stacktrace:\n" P1 "   at 0x580429AA: ??? (in /x)\n\nsched status:\n"         \
              "  running_tid=1\nThread 1: status = VgTs_Runnable (lwpid 11)\n"

START_TEST(assertion_of_valgrind_is_its_own_failure)
{
    expect_only(BANNER(P1) BREAKDOWN, _i, GR_VG_BROKEN, "Assertion");
}
END_TEST

START_TEST(assertion_of_valgrind_after_errors_is_their_consequence)
{
    struct gr_vg *v = fed(BANNER(P1) WRITE(P1) BREAKDOWN, _i);

    ck_assert_uint_eq(gr_vg_judge(v), 2);
    find(v, GR_VG_ERROR, "Invalid write");
    find(v, GR_VG_INCOMPLETE, "broke down");
    gr_vg_free(v);
}
END_TEST

START_TEST(assertion_with_all_reports_whole_is_forged)
{
    expect_only(BANNER(P1) ASSERTION SUMMARY(P1, "0"), _i, GR_VG_FORGED, "all reports are whole");
}
END_TEST

START_TEST(valgrind_out_of_memory_is_its_own_failure)
{
    expect_only(BANNER(P1) "--11-- core    :     8,388,608/    8,388,608 max/curr mmap'd\n", _i,
                GR_VG_BROKEN, "out of memory");
}
END_TEST

START_TEST(signal_inside_valgrind_is_its_own_failure)
{
    static const char words[] =
        "--11-- VALGRIND INTERNAL ERROR: Valgrind received a signal 11 (SIGSEGV) - exiting\n";
    char log[2048];

    snprintf(log, sizeof(log), "%s%s", BANNER(P1), words);
    expect_only(log, _i, GR_VG_BROKEN, "INTERNAL ERROR");
    snprintf(log, sizeof(log), "%s%s%s", BANNER(P1), words, SUMMARY(P1, "0"));
    expect_only(log, _i, GR_VG_FORGED, "yet wrote a summary");
}
END_TEST

#define UNKNOWN                                                                                    \
    P1 "valgrind: Unrecognised instruction at address 0x10912d.\n" P1                              \
       "   at 0x10912D: main (avx.c:1)\n" P1 "Your program just tried to execute an instruction\n"

START_TEST(unknown_instruction_is_valgrinds_failure)
{
    expect_only(
        BANNER(P1) "vex amd64->IR: unhandled instruction bytes: 0x62 0xF1\n" UNKNOWN SUMMARY(P1,
                                                                                             "0"),
        _i, GR_VG_BROKEN, "Unrecognised");
}
END_TEST

START_TEST(trap_instruction_is_the_programs_own)
{
    expect_clean(BANNER(P1) UNKNOWN P1 "\n" SUMMARY(P1, "0"), _i);
}
END_TEST

START_TEST(unknown_instruction_after_a_bad_jump_is_the_programs_own)
{
    expect_only(BANNER(P1) P1 "Jump to the invalid address stated on the next line\n" P1
                              "   at 0x10: ???\n" P1
                              "\nvex amd64->IR: unhandled instruction bytes: 0x62\n" UNKNOWN P1
                              "\n" SUMMARY(P1, "1"),
                _i, GR_VG_ERROR, "Jump");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("vg_whole");
    TCase *tc = tcase_create("whole");
    const TTest *const tests[] = {
        no_report_at_all_is_incomplete,
        started_process_without_a_banner_is_incomplete,
        banner_without_summary_is_incomplete,
        only_sigkill_and_exec_excuse_a_missing_summary,
        child_without_summary_is_suspect_only_if_it_exited,
        killed_process_may_have_its_summary_all_the_same,
        program_that_execs_has_two_banners,
        two_summaries_are_forged,
        banner_after_the_summary_is_forged,
        summary_with_fewer_errors_than_shown_is_forged,
        summary_with_more_errors_than_shown_is_forged,
        open_descriptors_make_up_for_errors_only_where_they_are_errors,
        later_words_about_the_version_change_nothing,
        summary_in_other_words_is_forged,
        overflowing_counts_are_read_as_huge,
        text_without_a_prefix_is_forged,
        client_request_output_is_forged,
        text_in_front_of_a_line_does_not_hide_it,
        arguments_of_a_command_may_say_anything,
        long_line_of_one_process_may_be_cut_by_another,
        assertion_of_valgrind_is_its_own_failure,
        assertion_of_valgrind_after_errors_is_their_consequence,
        assertion_with_all_reports_whole_is_forged,
        valgrind_out_of_memory_is_its_own_failure,
        signal_inside_valgrind_is_its_own_failure,
        unknown_instruction_is_valgrinds_failure,
        trap_instruction_is_the_programs_own,
        unknown_instruction_after_a_bad_jump_is_the_programs_own,
    };

    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tcase_add_loop_test(tc, tests[i], 0, PIECES);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return run_suite(suite()) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
