/* SPDX-License-Identifier: MIT */
/**
 * What gr_vg reads out of Memcheck's log: errors, leaks, descriptors, and whose they are.
 */
#include <stdlib.h>

#include "vg_util.h"

START_TEST(clean_report_has_no_findings)
{
    expect_clean(BANNER(P1) SUMMARY(P1, "0"), _i);
}
END_TEST

START_TEST(error_has_words_stack_place_and_history)
{
    struct gr_vg *v = fed(BANNER(P1) WRITE(P1) SUMMARY(P1, "1"), _i);

    ck_assert_uint_eq(gr_vg_judge(v), 1);
    const struct gr_vg_finding *f = gr_vg_get(v, 0);
    ck_assert_int_eq(f->kind, GR_VG_ERROR);
    ck_assert_int_eq(f->pid, 11);
    ck_assert(f->execed);
    ck_assert_str_eq(f->program, "sieve");
    ck_assert_str_eq(f->what, "Invalid write of size 4");
    ck_assert_str_eq(f->stack, "use (sieve.c:8)\nmain (sieve.c:10)");
    ck_assert_str_eq(f->place, "sieve.c:8");
    ck_assert_str_eq(f->detail, "Address 0x4a42040 is 0 bytes inside a block of size 40 free'd\n"
                                "free\nmain (sieve.c:10)");
    gr_vg_free(v);
}
END_TEST

START_TEST(interleaved_records_keep_their_own_stacks)
{
    struct gr_vg *v = fed(BANNER(P1) BANNER(P2) /* two writers, line by line */
                          P1 "Invalid read of size 1\n" P2 "Invalid write of size 2\n" P1
                             "   at 0x109001: f (a.c:1)\n" P2 "   at 0x109002: g (b.c:2)\n" P2
                             "\n" P1 "\n" SUMMARY(P1, "1") SUMMARY(P2, "1"),
                          _i);

    ck_assert_uint_eq(gr_vg_judge(v), 2);
    ck_assert_str_eq(find(v, GR_VG_ERROR, "read of size 1")->place, "a.c:1");
    ck_assert_str_eq(find(v, GR_VG_ERROR, "write of size 2")->place, "b.c:2");
    gr_vg_free(v);
}
END_TEST

START_TEST(error_of_a_forked_child_counts_once_and_for_the_child)
{
    struct gr_vg *v = fed(BANNER(P1) WRITE(P2) SUMMARY(P2, "1") SUMMARY(P1, "0"), _i);

    ck_assert_uint_eq(gr_vg_judge(v), 1);
    ck_assert_int_eq(gr_vg_get(v, 0)->pid, 12);
    ck_assert(!gr_vg_get(v, 0)->execed);
    gr_vg_free(v);
}
END_TEST

START_TEST(totals_inherited_from_the_parent_are_not_errors_of_the_child)
{
    struct gr_vg *v = fed(BANNER(P1) WRITE(P1) SUMMARY(P2, "1") SUMMARY(P1, "1"), _i);

    ck_assert_uint_eq(gr_vg_judge(v), 1);
    ck_assert_int_eq(gr_vg_get(v, 0)->pid, 11);
    gr_vg_free(v);
}
END_TEST

START_TEST(same_error_in_many_processes_is_one_finding)
{
    struct gr_vg *v =
        fed(BANNER(P1) BANNER(P2) WRITE(P1) WRITE(P2) SUMMARY(P1, "1") SUMMARY(P2, "1"), _i);

    ck_assert_uint_eq(gr_vg_judge(v), 1);
    ck_assert_uint_eq(gr_vg_get(v, 0)->count, 2);
    gr_vg_free(v);
}
END_TEST

START_TEST(unknown_words_with_a_stack_are_an_error)
{
    expect_only(BANNER(P1) P1 "File descriptor 3: /dev/null is already closed\n" P1
                              "   at 0x109272: main (a.c:10)\n" P1 "\n" SUMMARY(P1, "1"),
                _i, GR_VG_ERROR, "already closed");
}
END_TEST

START_TEST(error_without_its_stack_counts)
{
    struct gr_vg *v = fed(BANNER(P1) P1 "Invalid write of size 4\n", _i);

    gr_vg_process(v, 11, "sieve", GR_VG_KILLED);
    ck_assert_uint_eq(gr_vg_judge(v), 1);
    find(v, GR_VG_ERROR, "Invalid write");
    gr_vg_free(v);
}
END_TEST

START_TEST(warnings_and_thread_lines_are_no_findings)
{
    expect_clean(BANNER(P1) P1 "Warning: invalid file descriptor -1 in syscall close()\n" P1
                               "Thread 2:\n" P1 "\n" SUMMARY(P1, "0"),
                 _i);
}
END_TEST

START_TEST(place_is_in_the_main_executable)
{
    struct gr_vg *v =
        fed(BANNER(P1) P1 "Conditional jump or move depends on uninitialised value(s)\n" P1
                          "   at 0x48BA027: __vfprintf_internal (write.c:58)\n" P1
                          "   by 0x1092C1: main (write.c:12)\n" P1 "\n" SUMMARY(P1, "1"),
            _i);

    gr_vg_judge(v);
    ck_assert_str_eq(gr_vg_get(v, 0)->place, "write.c:12");
    gr_vg_free(v);
}
END_TEST

START_TEST(place_is_in_the_named_sources)
{
    static const char *const names[] = {"io.c", "io.h"};
    struct gr_vg *v = gr_vg_new();

    gr_vg_sources(v, names, 2);
    feed(v,
         BANNER(P1) P1 "Invalid read of size 1\n" P1 "   at 0x109001: check (io_driver.c:7)\n" P1
                       "   by 0x109002: read_line (io.c:31)\n" P1
                       "   by 0x109003: main (io_driver.c:90)\n" P1 "\n" SUMMARY(P1, "1"),
         piece_of(_i));
    gr_vg_judge(v);
    ck_assert_str_eq(gr_vg_get(v, 0)->place, "io.c:31");
    ck_assert_str_eq(gr_vg_get(v, 0)->stack,
                     "check (io_driver.c:7)\nread_line (io.c:31)\nmain (io_driver.c:90)");
    gr_vg_free(v);
}
END_TEST

START_TEST(frame_without_symbols_names_the_object)
{
    struct gr_vg *v =
        fed(BANNER(P1) P1 "Invalid read of size 1\n" P1
                          "   at 0x109001: ??? (in /lab/bin/sieve)\n" P1 "\n" SUMMARY(P1, "1"),
            _i);

    gr_vg_judge(v);
    ck_assert_str_eq(gr_vg_get(v, 0)->stack, "??? (in sieve)");
    ck_assert_str_eq(gr_vg_get(v, 0)->place, "");
    gr_vg_free(v);
}
END_TEST

START_TEST(leak_of_an_execed_process_is_a_leak_with_its_bytes)
{
    struct gr_vg *v = fed(
        BANNER(P1) P1 "1,034 (10 direct, 1,024 indirect) bytes in 1 blocks are definitely lost in "
                      "loss record 2 of 2\n" P1 "   at 0x48417B4: malloc (in /x.so)\n" P1
                      "   by 0x1092CB: main (a.c:13)\n" P1 "\n" SUMMARY(P1, "1"),
        _i);

    ck_assert_uint_eq(gr_vg_judge(v), 1);
    ck_assert_int_eq(gr_vg_get(v, 0)->kind, GR_VG_LEAK);
    ck_assert_uint_eq(gr_vg_get(v, 0)->bytes, 1034);
    ck_assert_str_eq(gr_vg_get(v, 0)->place, "a.c:13");
    gr_vg_free(v);
}
END_TEST

START_TEST(leak_of_a_forked_child_is_none)
{
    expect_clean(BANNER(P1) LEAK(P2) SUMMARY(P2, "1") SUMMARY(P1, "0"), _i);
}
END_TEST

START_TEST(leak_of_a_forked_child_that_execs_is_one)
{
    expect_only(BANNER(P1) BANNER(P2) LEAK(P2) SUMMARY(P2, "1") SUMMARY(P1, "0"), _i, GR_VG_LEAK,
                "definitely lost");
}
END_TEST

START_TEST(block_below_a_lost_one_is_not_reported_again)
{
    expect_only(BANNER(P1) P1 "24 bytes in 1 blocks are indirectly lost in loss record 1 of 2\n" P1
                              "   at 0x1092CB: main (a.c:13)\n" P1 "\n" LEAK(P1) SUMMARY(P1, "1"),
                _i, GR_VG_LEAK, "definitely lost");
}
END_TEST

START_TEST(possibly_lost_and_reachable_blocks_are_no_leaks)
{
    expect_clean(BANNER(P1) P1 "272 bytes in 1 blocks are possibly lost in loss record 1 of 2\n" P1
                               "   at 0x1092CB: main (a.c:13)\n" P1 "\n" P1
                               "8 bytes in 1 blocks are still reachable in loss record 2 of 2\n" P1
                               "   at 0x1092CB: main (a.c:14)\n" P1 "\n" SUMMARY(P1, "1"),
                 _i);
}
END_TEST

START_TEST(blocks_counted_as_possibly_lost_need_not_be_shown)
{
    expect_clean(BANNER(P1) P1 "LEAK SUMMARY:\n" P1 "   definitely lost: 0 bytes in 0 blocks\n" P1
                               "     possibly lost: 544 bytes in 2 blocks\n" P1
                               "\n" SUMMARY(P1, "2"),
                 _i);
}
END_TEST

START_TEST(descriptor_left_open_has_the_line_that_opened_it)
{
    struct gr_vg *v = fed(
        BANNER(P1) P1
        "FILE DESCRIPTORS: 5 open (3 std) at exit.\n" P1 "Open file descriptor 5: /dev/null\n" P1
        "   at 0x4955011: open (open64.c:41)\n" P1 "   by 0x1092E4: main (a.c:14)\n" P1 "\n" P1
        "Open file descriptor 9:\n" P1 "   <inherited from parent>\n" P1 "\n" SUMMARY(P1, "0"),
        _i);

    ck_assert_uint_eq(gr_vg_judge(v), 1);
    ck_assert_int_eq(gr_vg_get(v, 0)->kind, GR_VG_FD);
    ck_assert_str_eq(gr_vg_get(v, 0)->what, "Open file descriptor 5: /dev/null");
    ck_assert_str_eq(gr_vg_get(v, 0)->place, "a.c:14");
    gr_vg_free(v);
}
END_TEST

START_TEST(memory_fault_without_an_error_before_is_an_error)
{
    expect_only(BANNER(P1) P1 "Stack overflow in thread #1: can't grow stack to 0x1ffe801000\n" P1
                              "\n" P1
                              "Process terminating with default action of signal 11 (SIGSEGV)\n" P1
                              " Access not within mapped region at address 0x1FFE801DCC\n" P1
                              "Stack overflow in thread #1: can't grow stack to 0x1ffe801000\n" P1
                              "   at 0x1095AC: r (a.c:28)\n" P1 "\n" SUMMARY(P1, "0"),
                _i, GR_VG_ERROR, "Stack overflow");
}
END_TEST

START_TEST(memory_fault_after_its_error_is_the_same_error)
{
    expect_only(BANNER(P1) P1 "Invalid write of size 4\n" P1 "   at 0x1093D2: main (a.c:18)\n" P1
                              " Address 0x8 is not stack'd, malloc'd or (recently) free'd\n" P1
                              "\n" P1
                              "Process terminating with default action of signal 11 (SIGSEGV)\n" P1
                              " Access not within mapped region at address 0x8\n" P1
                              "   at 0x1093D2: main (a.c:18)\n" P1 "\n" SUMMARY(P1, "1"),
                _i, GR_VG_ERROR, "Invalid write");
}
END_TEST

START_TEST(death_by_an_ordinary_signal_is_no_error)
{
    expect_clean(BANNER(P1) P1
                 "\n" P1 "Process terminating with default action of signal 13 (SIGPIPE)\n" P1
                 "   at 0x4955350: write (write.c:26)\n" P1 "   by 0x109293: main (a.c:11)\n" P1
                 "\n" SUMMARY(P1, "0"),
                 _i);
}
END_TEST

START_TEST(each_kind_of_error_has_its_own_explanation)
{
    static const char *const cases[][3] = {
        {"Invalid write of size 4", "Address 0x1 is 0 bytes after a block of size 4 alloc'd",
         "end"},
        {"Invalid read of size 4", "is 0 bytes inside a block of size 4 free'd", "freed"},
        {"Invalid free() / delete", "is 0 bytes inside a block of size 4 free'd", "once"},
        {"Invalid free() / delete", "is on thread 1's stack", "never returned"},
        {"Syscall param write(buf) points to uninitialised byte(s)", "", "sizeof"},
        {"Syscall param read(buf) points to unaddressable byte(s)", "", "length"},
        {"Conditional jump or move depends on uninitialised value(s)", "", "never set"},
        {"Mismatched free() / delete / delete []", "", "pairs"},
        {"Source and destination overlap in memcpy(0x1, 0x2, 3)", "", "memmove"},
        {"Jump to the invalid address stated on the next line", "", "function pointer"},
        {"Argument 'size' of function malloc has a fishy value: -1", "", "negative"},
        {"Process terminating with default action of signal 7 (SIGBUS)",
         "Non-existent physical address at address 0x5", "ftruncate"},
        {"something new", "", "Memcheck"},
    };
    struct gr_vg_finding f = {.kind = GR_VG_ERROR};

    f.what = cases[_i][0];
    f.detail = cases[_i][1];
    if (strstr(gr_vg_explain(&f), cases[_i][2]) == NULL)
        ck_abort_msg("'%s' does not say '%s'", gr_vg_explain(&f), cases[_i][2]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("vg");
    TCase *tc = tcase_create("findings");
    const TTest *const tests[] = {
        clean_report_has_no_findings,
        error_has_words_stack_place_and_history,
        interleaved_records_keep_their_own_stacks,
        error_of_a_forked_child_counts_once_and_for_the_child,
        totals_inherited_from_the_parent_are_not_errors_of_the_child,
        same_error_in_many_processes_is_one_finding,
        unknown_words_with_a_stack_are_an_error,
        error_without_its_stack_counts,
        warnings_and_thread_lines_are_no_findings,
        place_is_in_the_main_executable,
        place_is_in_the_named_sources,
        frame_without_symbols_names_the_object,
        leak_of_an_execed_process_is_a_leak_with_its_bytes,
        leak_of_a_forked_child_is_none,
        leak_of_a_forked_child_that_execs_is_one,
        block_below_a_lost_one_is_not_reported_again,
        possibly_lost_and_reachable_blocks_are_no_leaks,
        blocks_counted_as_possibly_lost_need_not_be_shown,
        descriptor_left_open_has_the_line_that_opened_it,
        memory_fault_without_an_error_before_is_an_error,
        memory_fault_after_its_error_is_the_same_error,
        death_by_an_ordinary_signal_is_no_error,
    };

    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tcase_add_loop_test(tc, tests[i], 0, PIECES);
    tcase_add_loop_test(tc, each_kind_of_error_has_its_own_explanation, 0, 13);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return run_suite(suite()) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
