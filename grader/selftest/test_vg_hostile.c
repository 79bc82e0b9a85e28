/* SPDX-License-Identifier: MIT */
/**
 * gr_vg against a program that writes what it likes into Memcheck's log.
 *
 * Two promises: nothing makes the grader crash or grow, and evidence only adds up: once a record
 * of an error was taken in, no bytes that follow make the judgement clean.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "vg_util.h"

static const char real_log[] = BANNER(P1) WRITE(P1) P1 "Thread 2:\n" WRITE(P2) P2
    "Open file descriptor 5: /dev/null\n" P2 "   at 0x4955011: open (open64.c:41)\n" P2 "\n" P1
    "Process terminating with default action of signal 11 (SIGSEGV)\n" P1
    " Access not within mapped region at address 0x8\n" P1 "   at 0x1093D2: main (a.c:18)\n" P1
    "\n" LEAK(P1) P1 "LEAK SUMMARY:\n" P1 "     possibly lost: 272 bytes in 1 blocks\n" SUMMARY(
        P2, "2") "--11-- core    : x\nvex amd64->IR: x\n" P1
                 "valgrind: Unrecognised instruction at address 0x1.\n**11** hi\n" SUMMARY(P1, "3");

static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* A real log with a few bytes changed, parts repeated and parts left out. */
static size_t mutate(char *buf, size_t cap, uint32_t *state)
{
    size_t n = 0, len = sizeof(real_log) - 1, from = next(state) % len;

    while (n + len < cap && next(state) % 4 != 0) {
        size_t part = next(state) % (len - from) + 1;
        memcpy(buf + n, real_log + from, part);
        n += part;
        from = next(state) % len;
    }
    for (uint32_t changes = next(state) % 8; n > 0 && changes > 0; changes--) {
        static const char nasty[] = "\n\0=-* 0\xff:(";
        buf[next(state) % n] = nasty[next(state) % (sizeof(nasty) - 1)];
    }
    return n;
}

START_TEST(mutated_logs_never_crash_nor_lose_an_error)
{
    static const char before[] = BANNER(P1) WRITE(P1);
    uint32_t state = 20240229u + (uint32_t)_i;
    char buf[8192];

    for (int round = 0; round < 5000; round++) {
        struct gr_vg *v = fed(before, 2);
        size_t n = mutate(buf, sizeof(buf), &state);
        gr_vg_feed(v, buf, n);
        if (round % 2 == 0)
            gr_vg_process(v, 11, "sieve", (enum gr_vg_end)(round % 5));
        size_t found = gr_vg_judge(v);
        find(v, GR_VG_ERROR, "Invalid write");
        for (size_t i = 0; i < found; i++)
            ck_assert_uint_gt(strlen(gr_vg_explain(gr_vg_get(v, i))), 0);
        gr_vg_free(v);
    }
}
END_TEST

/* Report a different error of pid 11 for each @i. */
static void feed_error(struct gr_vg *v, int i)
{
    char text[128];

    snprintf(text, sizeof(text), "==11== Invalid read of size %d\n==11== \n", i);
    feed(v, text, sizeof(text));
}

START_TEST(findings_are_bounded_and_a_flood_of_one_kind_hides_no_other)
{
    struct gr_vg *v = fed(BANNER(P1), 2);
    char text[160];

    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof(text), "==11== Open file descriptor %d: /x\n==11== \n", i);
        feed(v, text, sizeof(text));
    }
    for (int i = 0; i < 5000; i++)
        feed_error(v, i);
    gr_vg_process(v, 11, "sieve", GR_VG_KILLED);
    ck_assert_uint_le(gr_vg_judge(v), 600);
    ck_assert_uint_ge(count_kind(v, GR_VG_ERROR), 100);
    gr_vg_free(v);
}
END_TEST

START_TEST(error_after_five_megabytes_of_lines_is_found)
{
    struct gr_vg *v = fed(BANNER(P1), 2);

    for (int i = 0; i < 500000; i++)
        feed(v, P1 "   \n", 64);
    feed(v, WRITE(P1) SUMMARY(P1, "1"), 64);
    ck_assert_uint_eq(gr_vg_judge(v), 1);
    find(v, GR_VG_ERROR, "Invalid write");
    gr_vg_free(v);
}
END_TEST

START_TEST(more_processes_than_can_be_followed_are_said_aloud)
{
    struct gr_vg *v = fed(BANNER(P1) WRITE(P1) SUMMARY(P1, "1"), 2);
    char text[64];

    for (int i = 100; i < 100000; i++) {
        snprintf(text, sizeof(text), "==%d== x\n", i);
        feed(v, text, sizeof(text));
    }
    feed(v, "==99999999999999== Invalid write of size 1\n", 64);
    feed(v, "==2000000== Invalid write of size 9\n", 64);
    gr_vg_judge(v);
    find(v, GR_VG_ERROR, "Invalid write of size 4");
    find(v, GR_VG_ERROR, "Invalid write of size 9");
    find(v, GR_VG_INCOMPLETE, "more processes");
    gr_vg_free(v);
}
END_TEST

START_TEST(endless_line_and_nul_bytes_are_taken)
{
    static const char nul[] = "==11== Inva\0lid\n\0\0\0";
    struct gr_vg *v = fed(BANNER(P1) WRITE(P1) P1 "Invalid read of size ", 2);

    for (int i = 0; i < 200000; i++)
        feed(v, "11111111", 8);
    gr_vg_feed(v, "\n", 1);
    gr_vg_feed(v, nul, sizeof(nul));
    gr_vg_judge(v);
    find(v, GR_VG_ERROR, "Invalid write of size 4");
    find(v, GR_VG_ERROR, "Invalid read of size 1111");
    find(v, GR_VG_FORGED, "?");
    gr_vg_free(v);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("vg_hostile");
    TCase *tc = tcase_create("hostile");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, mutated_logs_never_crash_nor_lose_an_error, 0, 4);
    tcase_add_test(tc, findings_are_bounded_and_a_flood_of_one_kind_hides_no_other);
    tcase_add_test(tc, error_after_five_megabytes_of_lines_is_found);
    tcase_add_test(tc, more_processes_than_can_be_followed_are_said_aloud);
    tcase_add_test(tc, endless_line_and_nul_bytes_are_taken);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return run_suite(suite()) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
