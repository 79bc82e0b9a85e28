/* SPDX-License-Identifier: MIT */
/* Purpose: the terminal shows the first difference where it is, groups what has one cause, and
 * obeys nobody's escape sequences. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "gr_alloc.h"
#include "gr_diff.h"
#include "gr_term.h"

static char out[16384];

/* A writer onto @out; fclose(t.out) before reading it. */
static struct gr_term writer(enum gr_color color)
{
    struct gr_term t;
    FILE *f = fmemopen(out, sizeof(out), "w");

    ck_assert_ptr_nonnull(f);
    gr_term_init(&t, f, color);
    return t;
}

static void diff_is(const char *expected, const char *actual, const char *want)
{
    struct gr_term t = writer(GR_COLOR_NEVER);
    struct gr_record r = {.expected = gr_xstrdup(expected), .actual = gr_xstrdup(actual)};

    gr_term_diff(&t, &r);
    fclose(t.out);
    ck_assert_str_eq(out, want);
    gr_record_release(&r);
}

START_TEST(first_difference_is_counted_as_people_count)
{
    static const struct {
        const char *e, *a;
        long line, col;
    } v[] = {
        {"a\n", "b\n", 1, 1},
        {"a\nbc\n", "a\nbd\n", 2, 2},
        {"a\n", "a", 1, 2},
        {"a\n", "a\nb\n", 2, 1},
        {"", "x", 1, 1},
        {"x", "", 1, 1},
        {"\xc3\xa9x", "\xc3\xa9y", 1, 2},
        {"\xc3\xa9", "\xc3\xa8", 1, 1},
        {NULL, "x", 1, 1},
    };
    long line, col;

    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
        ck_assert(gr_first_diff(v[i].e, v[i].a, &line, &col));
        ck_assert_int_eq(line, v[i].line);
        ck_assert_int_eq(col, v[i].col);
    }
    ck_assert(!gr_first_diff("same\n", "same\n", &line, &col));
    ck_assert_int_eq(line, 0);
}
END_TEST

START_TEST(the_caret_stands_under_the_difference)
{
    diff_is("1\n2\n3\n4 x\n5\n6\n7\n", "1\n2\n3\n4 y\n5\n",
            "    first difference: line 4, column 3\n"
            "    expected:\n"
            "        2 | 2\n"
            "        3 | 3\n"
            "    >   4 | 4 x\n"
            "              ^\n"
            "        5 | 5\n"
            "        6 | 6\n"
            "          | ...\n"
            "    came:\n"
            "        2 | 2\n"
            "        3 | 3\n"
            "    >   4 | 4 y\n"
            "              ^\n"
            "        5 | 5\n");
}
END_TEST

START_TEST(missing_output_is_said)
{
    diff_is("a\nb\n", "a\n",
            "    first difference: line 2, column 1\n"
            "    expected:\n"
            "        1 | a\n"
            "    >   2 | b\n"
            "            ^\n"
            "    came:\n"
            "        1 | a\n"
            "    >   2 | \n"
            "            ^ the output ends before this line\n");
    diff_is("a\n", "a",
            "    first difference: line 1, column 2\n"
            "    expected:\n"
            "    >   1 | a\n"
            "             ^ the line ends here\n"
            "    came:\n"
            "    >   1 | a\n"
            "             ^ the output ends here, without a newline\n");
}
END_TEST

START_TEST(long_lines_are_windowed_around_the_difference)
{
    char *e = gr_xcalloc(1, 1001), *a = gr_xcalloc(1, 1001), *line, *caret;
    struct gr_term t = writer(GR_COLOR_NEVER);
    struct gr_record r = {.expected = e, .actual = a};

    memset(e, 'x', 1000);
    memset(a, 'x', 1000);
    a[500] = 'Y';
    gr_term_diff(&t, &r);
    fclose(t.out);
    ck_assert_ptr_nonnull(strstr(out, "line 1, column 501"));
    line = strchr(strstr(out, "came:"), '>');
    caret = strchr(line, '\n') + 1;
    ck_assert_uint_lt(strcspn(line, "\n"), 100);
    ck_assert_int_eq(strchr(line, 'Y') - line + 4, strchr(caret, '^') - caret);
    gr_record_release(&r);
}
END_TEST

static struct gr_record record(const char *id, enum gr_verdict v, const char *first)
{
    struct gr_record r;

    gr_record_init(&r);
    r.id = gr_xstrdup(id);
    r.title = gr_xstrdup("a title\x1b[2J");
    r.part = gr_xstrdup("1B");
    r.verdict = v;
    r.max = 2;
    r.points = v == GR_PASS ? 2 : 0;
    r.first = gr_xstrdup(first);
    return r;
}

static void end_of(struct gr_record *records, size_t n, enum gr_color color)
{
    struct gr_result res = {.lab = (char[]){"01-pipes"},
                            .title = (char[]){"Pipes"},
                            .source = (char[]){"my work"},
                            .jail = (char[]){"bwrap"},
                            .seed = 7,
                            .time_scale = 1,
                            .complete = true,
                            .records = records,
                            .nrecords = n};
    struct gr_term t = writer(color);

    gr_result_apply_gates(&res);
    for (size_t i = 0; i < n; i++)
        gr_term_item(&t, &records[i]);
    gr_term_end(&t, &res);
    fclose(t.out);
    for (size_t i = 0; i < n; i++)
        gr_record_release(&records[i]);
}

START_TEST(a_failure_is_told_whole)
{
    struct gr_record r[2] = {record("1B.1", GR_FAIL, NULL), record("1B.2", GR_PASS, NULL)};

    r[1].kind = GR_HYGIENE;
    r[0].message = gr_xstrdup("wrong prime");
    r[0].command = gr_xstrdup("sieve 5");
    r[0].hint = gr_xstrdup("01.4");
    gr_record_add_finding(&r[0], "descriptor", "sieve", 3, "sieve.c:3", "main (sieve.c:3)", "open");
    end_of(r, 2, GR_COLOR_NEVER);
    ck_assert_str_eq(out,
                     " FAIL  1B.1    0/2   a title?[2J  FAIL\n"
                     "  ok   1B.2    0/2   a title?[2J\n"
                     "         counts when all of 1B's behaviour passes\n"
                     "\n"
                     "1B.1 a title?[2J  FAIL\n"
                     "    why: wrong prime\n"
                     "    ran: sieve 5\n"
                     "    stdin: nothing\n"
                     "    * descriptor in sieve (pid 3) at sieve.c:3\n"
                     "        open\n"
                     "          by main (sieve.c:3)\n"
                     "    hints: make hint LAB=pipes STEP=01.4\n"
                     "    again: build/bin/ipclab grade --lab pipes --src 'my work' --test 1B.1 "
                     "--seed 7\n"
                     "\n"
                     "  part      behaviour     memory    hygiene      races     points\n"
                     "  1B              0/2          -        0/2          -        0/4\n"
                     "  total           0/2          -        0/2          -        0/4\n"
                     "\n"
                     "  1B.2: passed, counts when all of 1B's behaviour passes\n"
                     "\n"
                     "0/4\n");
}
END_TEST

START_TEST(one_cause_is_one_block)
{
    struct gr_record r[3] = {record("1B.1", GR_FAIL, "write it"), record("1B.2", GR_PASS, NULL),
                             record("1B.3", GR_CRASH, "write it")};
    char *hit;

    end_of(r, 3, GR_COLOR_NEVER);
    ck_assert_ptr_nonnull(
        strstr(out, "1B.1 1B.3  not written yet, 2 items\n    start: write it\n"));
    hit = strstr(out, "again:");
    ck_assert_ptr_nonnull(hit);
    ck_assert_ptr_null(strstr(hit + 1, "again:"));
}
END_TEST

START_TEST(what_was_not_judged_is_said)
{
    struct gr_record r[2] = {record("1B.1", GR_PASS, NULL), record("1B.2", GR_NOT_JUDGED, NULL)};

    end_of(r, 2, GR_COLOR_NEVER);
    ck_assert_ptr_nonnull(strstr(out, "\n2/2 of 4 judged\n"));
    ck_assert_ptr_nonnull(strstr(out, "  --   1B.2"));
}
END_TEST

START_TEST(colour_only_when_asked)
{
    struct gr_record r[1] = {record("1B.1", GR_PASS, NULL)};

    end_of(r, 1, GR_COLOR_AUTO); /* memory is no terminal */
    ck_assert_ptr_null(strchr(out, '\033'));
    r[0] = record("1B.1", GR_PASS, NULL);
    end_of(r, 1, GR_COLOR_ALWAYS);
    ck_assert_ptr_nonnull(strstr(out, "\033[32m"));
    ck_assert_ptr_null(strstr(out, "\033[2J"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("term");
    TCase *tc = tcase_create("term");
    SRunner *sr = srunner_create(s);
    int failed;

    suite_add_tcase(s, tc);
    tcase_add_test(tc, first_difference_is_counted_as_people_count);
    tcase_add_test(tc, the_caret_stands_under_the_difference);
    tcase_add_test(tc, missing_output_is_said);
    tcase_add_test(tc, long_lines_are_windowed_around_the_difference);
    tcase_add_test(tc, a_failure_is_told_whole);
    tcase_add_test(tc, one_cause_is_one_block);
    tcase_add_test(tc, what_was_not_judged_is_said);
    tcase_add_test(tc, colour_only_when_asked);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
