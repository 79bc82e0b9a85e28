/* SPDX-License-Identifier: MIT */
/* Purpose: nothing a program prints may move a cursor, hide text, or vanish without a mark. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "gr_result.h"
#include "gr_text.h"

static void is(const char *in, size_t len, size_t max, const char *want)
{
    char *got = gr_escape(in, len, max);

    ck_assert_str_eq(got, want);
    free(got);
}

#define ESCAPES(in, want) is(in, sizeof(in) - 1, 1000, want)

START_TEST(plain_text_stays)
{
    ESCAPES("prime 2\nprime 3\n", "prime 2\nprime 3\n");
    ESCAPES("", "");
    ESCAPES("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
            "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80");
}
END_TEST

START_TEST(controls_get_their_c_names)
{
    ESCAPES("a\tb\rc\0d\\e", "a\\tb\\rc\\0d\\\\e");
    ESCAPES("\x1b[31mred\x07\x7f", "\\x1b[31mred\\x07\\x7f");
}
END_TEST

START_TEST(c1_controls_and_direction_marks_are_bytes)
{
    ESCAPES("\xc2\x9b", "\\xc2\\x9b");
    // NOLINTNEXTLINE(misc-misleading-bidirectional): what misleads is the test
    ESCAPES("a\342\200\256b", "a\\xe2\\x80\\xaeb");
    ESCAPES("\xef\xbb\xbf", "\\xef\\xbb\\xbf");
}
END_TEST

START_TEST(invalid_utf8_is_bytes)
{
    ESCAPES("\xff\xfe", "\\xff\\xfe");
    ESCAPES("\xc0\xaf", "\\xc0\\xaf");                   /* overlong */
    ESCAPES("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* surrogate */
    ESCAPES("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
    ESCAPES("ab\xe2\x82", "ab\\xe2\\x82");               /* cut off */
}
END_TEST

START_TEST(long_text_keeps_head_and_tail)
{
    is("0123456789", 10, 10, "0123456789");
    is("0123456789", 10, 4, "01...[6 bytes cut]...89");
    is("0123456789", 10, 0, "...[10 bytes cut]...");
    /* No character is cut in two. */
    is("a\xe2\x82\xac"
       "bcdefg\xe2\x82\xac",
       13, 4, "a...[12 bytes cut]...");
}
END_TEST

START_TEST(shell_quotes_read_back)
{
    struct gr_text t = {0};

    gr_text_add_quoted(&t, "a b'c");
    gr_text_adds(&t, " ");
    gr_text_add_quoted(&t, "labs/01-pipes");
    gr_text_adds(&t, " ");
    gr_text_add_quoted(&t, "");
    ck_assert_str_eq(t.s, "'a b'\\''c' labs/01-pipes ''");
    free(t.s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("escape");
    TCase *tc = tcase_create("escape");
    SRunner *sr = srunner_create(s);
    int failed;

    suite_add_tcase(s, tc);
    tcase_add_test(tc, plain_text_stays);
    tcase_add_test(tc, controls_get_their_c_names);
    tcase_add_test(tc, c1_controls_and_direction_marks_are_bytes);
    tcase_add_test(tc, invalid_utf8_is_bytes);
    tcase_add_test(tc, long_text_keeps_head_and_tail);
    tcase_add_test(tc, shell_quotes_read_back);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
