/* SPDX-License-Identifier: MIT */
/* Purpose: a file is whole or not there, and what is there stays. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_file.h"
#include "gr_io.h"

static char dir[32], *one, *two;

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    ck_assert_ptr_nonnull(f);
    ck_assert_int_ne(fputs(text, f), EOF);
    ck_assert_int_eq(fclose(f), 0);
}

static void holds(const char *path, const char *text)
{
    int fd = gr_file_open_regular(AT_FDCWD, path, 100);
    size_t len;
    char *s;

    ck_assert_int_ne(fd, -1);
    s = gr_file_read(fd, 100, &len);
    ck_assert_str_eq(s, text);
    free(s);
    close(fd);
}

static void setup(void)
{
    strcpy(dir, "/tmp/test_file.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    one = gr_xasprintf("%s/one", dir);
    two = gr_xasprintf("%s/two", dir);
}

static void teardown(void)
{
    struct stat st;

    ck_assert_int_eq(gr_remove_tree(dir), 0);
    ck_assert_int_eq(stat(dir, &st), -1);
    free(one);
    free(two);
}

/* The kernel's own words, a kernel without them, and a file that is something else. */
START_TEST(the_time_in_which_somebody_waited_is_read)
{
    put(one, "some avg10=65.22 avg60=59.31 avg300=43.06 total=8869056130\n"
             "full avg10=0.00 avg60=0.00 avg300=0.00 total=77000000\n");
    ck_assert_int_eq(gr_stalled_ms(one), 8869056);
    put(one, "full avg10=0.00 avg60=0.00 avg300=0.00 total=77000000\n");
    ck_assert_int_eq(gr_stalled_ms(one), 0);
    ck_assert_int_eq(gr_stalled_ms(two), 0);
    ck_assert_int_eq(unlink(one), 0);
}
END_TEST

START_TEST(a_new_name_never_takes_an_old_one)
{
    struct gr_file f;

    put(one, "one");
    put(two, "two");
    ck_assert_int_eq(gr_rename_new(one, two), -1);
    ck_assert_int_eq(errno, EEXIST);
    holds(two, "two");
    ck_assert_int_eq(gr_file_begin(&f, two, 0644), 0);
    ck_assert_int_ne(fputs("new", f.out), EOF);
    ck_assert_int_eq(gr_file_place(&f), -1);
    ck_assert_int_eq(errno, EEXIST);
    holds(two, "two");
}
END_TEST

START_TEST(replace_is_seen_only_when_done)
{
    struct gr_file f;

    put(one, "old");
    ck_assert_int_eq(gr_file_begin(&f, one, 0644), 0);
    ck_assert_int_ne(fputs("new", f.out), EOF);
    ck_assert_int_eq(fflush(f.out), 0);
    holds(one, "old");
    ck_assert_int_eq(gr_file_replace(&f), 0);
    holds(one, "new");
}
END_TEST

START_TEST(only_regular_files_are_opened)
{
    ck_assert_int_eq(gr_file_open_regular(AT_FDCWD, one, 3), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(symlink("/etc/passwd", one), 0);
    ck_assert_int_eq(gr_file_open_regular(AT_FDCWD, one, 3), -1);
    ck_assert_int_eq(errno, ELOOP);
    ck_assert_int_eq(mkfifo(two, 0600), 0); /* must not wait for a writer either */
    ck_assert_int_eq(gr_file_open_regular(AT_FDCWD, two, 3), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(gr_file_open_regular(AT_FDCWD, dir, 3), -1);
    ck_assert_int_eq(errno, EISDIR);
    ck_assert_int_eq(unlink(one), 0);
    put(one, "four");
    ck_assert_int_eq(gr_file_open_regular(AT_FDCWD, one, 3), -1);
    ck_assert_int_eq(errno, EFBIG);
}
END_TEST

START_TEST(removal_follows_no_link)
{
    char *deep = gr_xasprintf("%s/a/b", dir), *out = gr_xasprintf("%s/a/b/out", dir);
    char *a = gr_xasprintf("%s/a", dir);

    put(one, "stays");
    ck_assert_int_eq(gr_make_folders(deep, 0755), 0);
    ck_assert_int_eq(symlink("../..", out), 0);
    ck_assert_int_eq(chmod(deep, 0), 0);
    ck_assert_int_eq(gr_remove_tree(a), 0);
    holds(one, "stays");
    free(deep);
    free(out);
    free(a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("file");
    TCase *tc = tcase_create("file");
    SRunner *sr = srunner_create(s);
    int failed;

    suite_add_tcase(s, tc);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_time_in_which_somebody_waited_is_read);
    tcase_add_test(tc, a_new_name_never_takes_an_old_one);
    tcase_add_test(tc, replace_is_seen_only_when_done);
    tcase_add_test(tc, only_regular_files_are_opened);
    tcase_add_test(tc, removal_follows_no_link);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
