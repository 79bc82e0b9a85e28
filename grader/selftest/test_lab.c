/* SPDX-License-Identifier: MIT */
/* Purpose: a good lab.ini is read whole, a bad one names its line and the way out. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"
#include "gr_lab.h"

static char root[32];

static void put(const char *slug, const char *text)
{
    char *dir = gr_xasprintf("%s/labs/%s", root, slug), *path = gr_xasprintf("%s/lab.ini", dir);
    FILE *f;

    ck_assert_int_eq(gr_make_folders(dir, 0755), 0);
    f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_ne(fputs(text, f), EOF);
    ck_assert_int_eq(fclose(f), 0);
    free(dir);
    free(path);
}

static int load(struct gr_lab *lab, char **err)
{
    char *path = gr_xasprintf("%s/labs/01-pipes/lab.ini", root);
    int rc = gr_lab_load(lab, path, err);

    free(path);
    return rc;
}

static void setup(void)
{
    strcpy(root, "/tmp/test_lab.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
}

static void teardown(void)
{
    ck_assert_int_eq(gr_remove_tree(root), 0);
}

#define LAB "[lab]\nslug = 01-pipes\ntitle = Pipes\npoints = 65\n"
#define SIEVE "[program sieve]\nsources = sieve.c\n"

START_TEST(a_good_file_is_read_whole)
{
    struct gr_lab lab;
    char *err;

    put("01-pipes",
        "; a comment\n" LAB "[forbidden]\nsystem = fork and exec yourself\npopen = same\n"
        "[program sieve]\nsources = sieve.c io.c ; two\nlibs = -lrt -pthread\n"
        "[module io]\nsources = io.c\ndriver = io_driver.c\n[given]\nheaders = io.h\n"
        "[text predict]\nfile = predict.txt\n");
    ck_assert_msg(load(&lab, &err) == 0, "%s", err);
    ck_assert_str_eq(lab.slug, "01-pipes");
    ck_assert_int_eq(lab.points, 65);
    ck_assert_uint_eq(lab.nprograms, 3);
    ck_assert_uint_eq(lab.programs[0].sources.n, 2);
    ck_assert_str_eq(lab.programs[0].sources.v[1], "io.c");
    ck_assert_uint_eq(lab.programs[0].libs.n, 2);
    ck_assert_str_eq(lab.programs[1].binary, "io_driver");
    ck_assert(!lab.programs[1].text && lab.programs[2].text);
    ck_assert_str_eq(lab.programs[2].binary, "predict.txt");
    ck_assert_str_eq(lab.programs[2].sources.v[0], "predict.txt");
    ck_assert_uint_eq(lab.nforbidden, 2);
    ck_assert_str_eq(lab.forbidden[0].reason, "fork and exec yourself");
    ck_assert_str_eq(lab.headers.v[0], "io.h");
    ck_assert_ptr_eq(gr_lab_program(&lab, "io_driver"), &lab.programs[1]);
    ck_assert_ptr_null(gr_lab_program(&lab, "pl"));
    gr_lab_release(&lab);
}
END_TEST

static const struct {
    const char *text;
    int line;
    const char *says;
} bad[] = {
    {LAB "[labs]\n" SIEVE, 5, "section [labs] is unknown"},
    {LAB "colour = red\n" SIEVE, 5, "no key \"colour\""},
    {"[lab]\ntitle = P\npoints = 5\n" SIEVE, 5, "no slug"},
    {"[lab]\nslug = 02-fifos\ntitle = P\npoints = 5\n" SIEVE, 1, "not the name of the folder"},
    {"[lab]\nslug = 01-pipes\ntitle = P\npoints = 5x\n" SIEVE, 4, "points = 5x"},
    {"[lab]\nslug = 01-pipes\ntitle = P\npoints = 99999999999999999999\n", 4, "points"},
    {"[lab]\nslug = 01-pipes\ntitle = P\npoints = -5\n", 4, "points"},
    {LAB "[program sieve]\n", 5, "has no sources"},
    {LAB "[program sieve]\n[program pl]\nsources = pl.c\n", 5, "has no sources"},
    {LAB "[program sieve]\nsources = a/sieve.c\n", 6, "not a plain file name"},
    {LAB "[program sieve]\nsources = ../sieve.c\n", 6, "not a plain file name"},
    {LAB "[program sieve]\nsources = -o.c\n", 6, "not a plain file name"},
    {LAB "[program sieve]\nsources = sieve.sh\n", 6, "not a plain file name"},
    {LAB "[program sieve]\nsources = sieve.h\n", 5, "has no sources"},
    {LAB SIEVE "libs = -Wl,-x\n", 7, "not a library"},
    {LAB SIEVE SIEVE, 7, "there already, in line 5"},
    {LAB SIEVE "[module x]\nsources = x.c\ndriver = sieve.c\n", 7, "makes the binary sieve"},
    {LAB SIEVE "driver = d.c\n", 7, "no key \"driver\""},
    {LAB "[program a/b]\nsources = a.c\n", 5, "cannot name a program"},
    {LAB "[program]\nsources = a.c\n", 5, "cannot name a program"},
    {LAB SIEVE "[forbidden]\nsystem =\n", 8, "no reason"},
    {LAB SIEVE "nonsense\n", 7, "neither [section] nor key"},
    {LAB SIEVE "[text a]\n", 7, "has no file; add the line file = a.txt"},
    {LAB SIEVE "[text a]\nfile = a.c\n", 8, "not a plain .txt file name"},
    {LAB SIEVE "[text a]\nfile = ../a.txt\n", 8, "not a plain .txt file name"},
    {LAB SIEVE "[text a]\nfile = a.txt\nfile = b.txt\n", 9, "given twice"},
    {LAB SIEVE "[text a]\nsources = a.c\n", 8, "no key \"sources\""},
    {LAB "title = Twice\n" SIEVE, 5, "given twice"},
    {"slug = 01-pipes\n" LAB SIEVE, 1, "before any section"},
    {LAB, 4, "no program"},
    {"", 0, "no slug"},
};

START_TEST(a_bad_file_names_the_line)
{
    struct gr_lab lab;
    char *err = NULL, *want;

    put("01-pipes", bad[_i].text);
    want = gr_xasprintf("%s/labs/01-pipes/lab.ini:%d: ", root, bad[_i].line);
    ck_assert_int_eq(load(&lab, &err), -1);
    ck_assert_msg(strncmp(err, want, strlen(want)) == 0, "%s", err);
    ck_assert_msg(strstr(err, bad[_i].says) != NULL, "%s", err);
    ck_assert_msg(strchr(err, ';') != NULL, "no way out: %s", err);
    free(err);
    free(want);
}
END_TEST

START_TEST(long_lines_are_refused)
{
    struct gr_lab lab;
    char *err = NULL, *text = gr_xasprintf("%s; %0500d\n", LAB SIEVE, 0);

    put("01-pipes", text);
    ck_assert_int_eq(load(&lab, &err), -1);
    ck_assert_ptr_nonnull(strstr(err, ":7: the line is longer"));
    free(err);
    free(text);
}
END_TEST

START_TEST(labs_are_found_by_any_name)
{
    const char *const names[] = {"pipes", "01", "1", "01-pipes", "Pipes"};
    char *err, *slug;

    put("01-pipes", LAB SIEVE);
    put("02-fifos", LAB SIEVE);
    put("notes", LAB SIEVE);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        slug = gr_lab_find(root, names[i], &err);
        ck_assert_str_eq(slug, "01-pipes");
        free(slug);
    }
    ck_assert_ptr_null(gr_lab_find(root, "pips", &err));
    ck_assert_ptr_nonnull(strstr(err, "did you mean pipes?"));
    ck_assert_ptr_nonnull(strstr(err, "Labs: pipes fifos"));
    free(err);
    ck_assert_ptr_null(gr_lab_find(root, "../01-pipes", &err));
    free(err);
    ck_assert_ptr_null(gr_lab_find(root, "011", &err));
    free(err);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lab");
    TCase *tc = tcase_create("lab");
    SRunner *sr = srunner_create(s);
    int failed;

    suite_add_tcase(s, tc);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_good_file_is_read_whole);
    tcase_add_loop_test(tc, a_bad_file_names_the_line, 0, sizeof(bad) / sizeof(bad[0]));
    tcase_add_test(tc, long_lines_are_refused);
    tcase_add_test(tc, labs_are_found_by_any_name);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
