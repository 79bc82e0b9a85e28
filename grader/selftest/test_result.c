/* SPDX-License-Identifier: MIT */
/* Purpose: records survive the pipe, bad ones do not; points add up; exit statuses never mix. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_csv.h"
#include "gr_result.h"

static struct gr_record make(const char *id, const char *part, enum gr_kind kind,
                             enum gr_verdict verdict, int max)
{
    struct gr_record r;

    gr_record_init(&r);
    r.id = gr_xstrdup(id);
    r.title = gr_xstrdup("does what it says");
    r.part = gr_xstrdup(part);
    r.kind = kind;
    r.verdict = verdict;
    r.max = max;
    r.points = verdict == GR_PASS ? max : 0;
    r.seed = UINT64_MAX;
    return r;
}

enum { WRITTEN_MAX = 512 * 1024, RECORD_MAX = 256 * 1024 };

/* What gr_record_write() puts on a descriptor; the caller frees. */
static char *written(const struct gr_record *r, size_t *len)
{
    FILE *f = tmpfile();
    char *s = gr_xcalloc(1, WRITTEN_MAX);

    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(gr_record_write(r, fileno(f)), 0);
    rewind(f);
    *len = fread(s, 1, WRITTEN_MAX, f);
    fclose(f);
    return s;
}

START_TEST(names_go_there_and_back)
{
    for (int v = 0; v < GR_NVERDICTS; v++)
        ck_assert_int_eq(gr_verdict_parse(gr_verdict_name((enum gr_verdict)v)), v);
    for (int k = 0; k < GR_NKINDS; k++)
        ck_assert_int_eq(gr_kind_parse(gr_kind_name((enum gr_kind)k)), k);
    for (int l = 0; l < GR_NLENSES; l++)
        ck_assert_int_eq(gr_lens_parse(gr_lens_name((enum gr_lens)l)), l);
    ck_assert_int_eq(gr_verdict_parse("pass"), GR_NVERDICTS);
    ck_assert_int_eq(gr_verdict_parse(NULL), GR_NVERDICTS);
}
END_TEST

START_TEST(a_record_survives_the_pipe)
{
    struct gr_record r = make("1B.3", "1B", GR_HYGIENE, GR_LEFTOVER, 4), back;
    char err[100];
    size_t len;
    char *line;

    r.lens = GR_INJECT;
    r.actual = gr_xstrdup("a\n\\x1b \xe2\x82\xac");
    r.diff_line = 2;
    r.cpu_ms = 17;
    gr_record_add_finding(&r, "zombie", "sieve", 12, "sieve.c:9", "main (sieve.c:9)", NULL);
    line = written(&r, &len);
    ck_assert_int_eq(line[len - 1], '\n');
    ck_assert_ptr_eq(memchr(line, '\n', len), line + len - 1);
    ck_assert_int_eq(gr_record_from_json(&back, line, len, err, sizeof(err)), 0);
    ck_assert_str_eq(back.id, "1B.3");
    ck_assert_str_eq(back.actual, r.actual);
    ck_assert_ptr_null(back.expected);
    ck_assert_int_eq(back.kind, GR_HYGIENE);
    ck_assert_int_eq(back.lens, GR_INJECT);
    ck_assert_int_eq(back.verdict, GR_LEFTOVER);
    ck_assert(back.seed == UINT64_MAX);
    ck_assert_int_eq(back.diff_line, 2);
    ck_assert_int_eq(back.cpu_ms, 17);
    ck_assert_uint_eq(back.nfindings, 1);
    ck_assert_int_eq(back.findings[0].pid, 12);
    ck_assert_ptr_null(back.findings[0].text);
    gr_record_release(&r);
    gr_record_release(&back);
    free(line);
}
END_TEST

START_TEST(a_long_record_is_cut_not_lost)
{
    struct gr_record r = make("1A.1", "1A", GR_BEHAVIOUR, GR_FAIL, 4), back;
    char err[100], *line;
    size_t len;

    r.actual = gr_xcalloc(1, 2000001);
    memset(r.actual, 'x', 2000000);
    for (int i = 0; i < 3000; i++)
        gr_record_add_finding(&r, "leak", "p", i, "a.c:1", r.id, "lost");
    line = written(&r, &len);
    ck_assert_uint_le(len, RECORD_MAX);
    ck_assert_int_eq(gr_record_from_json(&back, line, len, err, sizeof(err)), 0);
    ck_assert_int_eq(back.verdict, GR_FAIL);
    ck_assert_ptr_nonnull(strstr(back.actual, "bytes cut"));
    gr_record_release(&r);
    gr_record_release(&back);
    free(line);
}
END_TEST

START_TEST(write_errors_are_told)
{
    struct gr_record r = make("1A.1", "1A", GR_BEHAVIOUR, GR_PASS, 4);

    ck_assert_int_eq(gr_record_write(&r, -1), -1);
    ck_assert_int_eq(errno, EBADF);
    gr_record_release(&r);
}
END_TEST

/* A good record with one thing replaced; every one must be refused. */
static const struct {
    const char *what, *with, *says;
} bad_records[] = {
    {"\"PASS\"", "\"pass\"", "verdict"},
    {"\"max\":4", "\"max\":-4", "max"},
    {"\"points\":4", "\"points\":5", "points"},
    {"\"points\":4", "\"points\":4.5", "points"},
    {"\"behaviour\"", "\"magic\"", "kind"},
    {"\"plain\"", "7", "lens"},
    {"\"id\":\"1A.1\"", "\"id\":\"\"", "id"},
    {"\"findings\":[]", "\"findings\":{}", "findings"},
    {"\"seed\":\"", "\"seed\":\"-", "seed"},
    {"\"cpu_ms\":0", "\"cpu\":0", "cpu_ms"},
    {"\"message\":null", "\"message\":[]", "message"},
    {"\"max\":4", "\"max\":4,\"max\":4", "JSON"},
    {"}", "", "JSON"},
};

START_TEST(bad_records_are_refused)
{
    struct gr_record r = make("1A.1", "1A", GR_BEHAVIOUR, GR_PASS, 4), back;
    char err[200] = "", *bad, *hit, *line;
    size_t len;

    line = written(&r, &len);
    line[len] = '\0';
    hit = strstr(line, bad_records[_i].what);
    ck_assert_ptr_nonnull(hit);
    bad = gr_xasprintf("%.*s%s%s", (int)(hit - line), line, bad_records[_i].with,
                       hit + strlen(bad_records[_i].what));
    ck_assert_int_eq(gr_record_from_json(&back, bad, strlen(bad), err, sizeof(err)), -1);
    ck_assert_int_eq(errno, EBADMSG);
    ck_assert_msg(strstr(err, bad_records[_i].says) != NULL, "%s", err);
    gr_record_release(&r);
    free(line);
    free(bad);
}
END_TEST

static struct gr_record four[4];

static struct gr_result sample(enum gr_verdict behaviour)
{
    static char lab[] = "01-pipes", source[] = "=a,\"b\"";
    struct gr_result res = {.lab = lab, .source = source};

    four[0] = make("1A.1", "1A", GR_BEHAVIOUR, GR_PASS, 7);
    four[1] = make("1A.2", "1A", GR_MEMORY, GR_PASS, 1);
    four[2] = make("1B.1", "1B", GR_BEHAVIOUR, behaviour, 9);
    four[3] = make("1B.2", "1B", GR_HYGIENE, GR_PASS, 3);
    res.records = four;
    res.nrecords = 4;
    res.complete = true;
    return res;
}

static void forget(void)
{
    for (int i = 0; i < 4; i++)
        gr_record_release(&four[i]);
}

static void totals_are(const struct gr_result *res, int earned, int judged, int max)
{
    int e, j, m;

    gr_result_totals(res, &e, &j, &m);
    ck_assert_int_eq(e, earned);
    ck_assert_int_eq(j, judged);
    ck_assert_int_eq(m, max);
}

START_TEST(full_marks_are_status_0)
{
    struct gr_result res = sample(GR_PASS);

    gr_result_apply_gates(&res);
    totals_are(&res, 20, 20, 20);
    ck_assert_int_eq(gr_result_exit_status(&res), 0);
    res.complete = false;
    ck_assert_int_eq(gr_result_exit_status(&res), 75);
    res.complete = true;
    res.nrecords = 0;
    ck_assert_int_eq(gr_result_exit_status(&res), 75);
    forget();
}
END_TEST

START_TEST(gates_close_and_open_again)
{
    struct gr_result res = sample(GR_CRASH);

    gr_result_apply_gates(&res);
    gr_result_apply_gates(&res);
    ck_assert(four[3].gated && !four[1].gated);
    totals_are(&res, 8, 20, 20);
    ck_assert_int_eq(gr_result_exit_status(&res), 1);
    four[2].verdict = GR_PASS;
    four[2].points = 9;
    gr_result_apply_gates(&res);
    ck_assert(!four[3].gated);
    totals_are(&res, 20, 20, 20);
    forget();
}
END_TEST

START_TEST(not_judged_is_neither_passed_nor_failed)
{
    struct gr_result res = sample(GR_NOT_JUDGED);

    gr_result_apply_gates(&res);
    totals_are(&res, 11, 11, 20);
    ck_assert_int_eq(gr_result_exit_status(&res), 75);
    four[2].verdict = GR_INFRA;
    four[2].max = 0;
    ck_assert_int_eq(gr_result_exit_status(&res), 75);
    forget();
}
END_TEST

START_TEST(csv_is_one_quoted_line)
{
    struct gr_result res = sample(GR_INFRA);
    char buf[400] = "";
    FILE *f = fmemopen(buf, sizeof(buf), "w");

    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(gr_csv_header(f, &res), 0);
    ck_assert_int_eq(gr_csv_line(f, &res), 0);
    fclose(f);
    ck_assert_str_eq(buf, "source,lab,earned,judged,max,verdicts,1A.1,1A.2,1B.1,1B.2\r\n"
                          "\"./=a,\"\"b\"\"\",01-pipes,11,11,20,PASS:3 INFRA:1,7,1,,3\r\n");
    forget();
}
END_TEST

START_TEST(csv_line_stays_one_line)
{
    struct gr_result res = sample(GR_PASS);
    char buf[400] = "", source[] = "a\nb\r\n";
    FILE *f = fmemopen(buf, sizeof(buf), "w");

    ck_assert_ptr_nonnull(f);
    res.source = source;
    ck_assert_int_eq(gr_csv_line(f, &res), 0);
    fclose(f);
    buf[strcspn(buf, ",")] = '\0';
    ck_assert_str_eq(buf, "a\\nb\\r\\n");
    forget();
}
END_TEST

START_TEST(saved_whole_and_readable)
{
    char dir[] = "/tmp/test_result.XXXXXX", *path, *none;
    struct gr_result res = sample(GR_FAIL);
    json_t *o;

    ck_assert_ptr_nonnull(mkdtemp(dir));
    path = gr_xasprintf("%s/r.json", dir);
    none = gr_xasprintf("%s/no/r.json", dir);
    res.seed = UINT64_MAX;
    ck_assert_int_eq(gr_result_save(&res, path), 0);
    ck_assert_int_eq(gr_result_save(&res, path), 0);
    o = json_load_file(path, 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(o, "schema")), "ipclab/result/v1");
    ck_assert_str_eq(json_string_value(json_object_get(o, "seed")), "18446744073709551615");
    ck_assert_uint_eq(json_array_size(json_object_get(o, "items")), 4);
    ck_assert_int_eq(json_integer_value(json_object_get(o, "exit")), 1);
    json_decref(o);
    ck_assert_int_eq(gr_result_save(&res, none), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(gr_result_save(&res, "/dev/null"), -1); /* or there is no /dev/null left */
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(dir), 0); /* no temporary file stayed */
    free(path);
    free(none);
    forget();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("result");
    TCase *tc = tcase_create("result");
    SRunner *sr = srunner_create(s);
    int failed;

    suite_add_tcase(s, tc);
    tcase_add_test(tc, names_go_there_and_back);
    tcase_add_test(tc, a_record_survives_the_pipe);
    tcase_add_test(tc, a_long_record_is_cut_not_lost);
    tcase_add_test(tc, write_errors_are_told);
    tcase_add_loop_test(tc, bad_records_are_refused, 0,
                        sizeof(bad_records) / sizeof(bad_records[0]));
    tcase_add_test(tc, full_marks_are_status_0);
    tcase_add_test(tc, gates_close_and_open_again);
    tcase_add_test(tc, not_judged_is_neither_passed_nor_failed);
    tcase_add_test(tc, csv_is_one_quoted_line);
    tcase_add_test(tc, csv_line_stays_one_line);
    tcase_add_test(tc, saved_whole_and_readable);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
