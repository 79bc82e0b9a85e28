/* SPDX-License-Identifier: MIT */
/**
 * The two texts of injection: the variable the library reads, and the log it writes.
 */
#include "inject_util.h"

static const struct {
    const char *item; /* added to a good text */
    const char *says; /* NULL: it is good, too */
} texts[] = {
    {"short=50;eintr=0;eagain=100;wake=1;jitter=5:2ms;handler=real;scale=150", NULL},
    {"delay=after:mq_receive:20ms;delay=before:semctl(SETVAL):500us:2:0.1", NULL},
    {"kill=before:msync:3;stop=at:here;kill=after:fcntl(F_SETLKW):*", NULL},
    {"fail=mmap:2;fail=accept:*:EMFILE;fail=shm_open", NULL},
    {"stop=after:open(/cl.):*;delay=before:openat(x):1ms", NULL},
    {"peeruid=0;peeruid=1000:2;calls=read,write;trace=all;trace=sem_open", NULL},
    {"short=101", "the number is none, or too large: short=101"},
    {"short=", "the number is none"},
    {"short=-1", "the number is none"},
    {"short", "KEY=VALUE is needed: short"},
    {"shorts=1", "no such key: shorts=1"},
    {"seed=x", "a seed is a number"},
    {"seed=99999999999999999999999", "a seed is a number"},
    {"bin=lab/bin", "no absolute path"},
    {"jitter=5", "a longest time is needed"},
    {"jitter=5:2h", "a longest time is needed"},
    {"delay=20ms", "a place begins with"},
    {"delay=after:20ms", "no such call is wrapped"},
    {"delay=after:mq_receive", "a delay is like 20ms"},
    {"delay=after:mq_receive:61s", "a delay is like 20ms"},
    {"delay=after:mq_receive:1s:0", "which time is a number from 1"},
    {"delay=after:semctl(NOSUCH):1s", "no such command"},
    {"stop=after:open()", "the path is empty or too long"},
    {"stop=after:close(x)", "no such command"},
    {"kill=during:msync", "a place begins with"},
    {"kill=before:msync:3:0:more", "too many words"},
    {"kill=at:", "the name is empty or too long"},
    {"fail=munmap", "this call does not fail so"},
    {"fail=close:1:EINTR", "this call does not fail so"},
    {"fail=mmap:1:EWHAT", "no such errno"},
    {"handler=maybe", "write real or assume"},
    {"hooks=off;hooks=on;stop=at:enter.read.2:*", NULL},
    {"hooks=1", "write on or off"},
    {"calls=reed", "no such call is wrapped"},
    {"log=x", "a descriptor or a path"},
    {"log=77", "cannot use the log"},
    {"log=/no/such/folder/log", "cannot use the log"},
};

START_TEST(text_is_checked)
{
    const char *const argv[] = {absolute("build/selftest/programs/inj_storm"), NULL};
    char *text = gr_xasprintf("IPCLAB_INJECT=seed=1;bin=%s;%s", absolute("build/selftest/programs"),
                              texts[_i].item);
    int out[2], log[2];

    ck_assert_int_eq(gr_pipe(out), 0);
    ck_assert_int_eq(gr_pipe(log), 0);
    run_text(text, argv, out, log);
    free(text);
    if (!texts[_i].says) {
        ck_assert_msg(ran.status == 0, "%s: %s", texts[_i].item, gr_buf_text(&ran.out));
        return;
    }
    ck_assert_msg(WIFEXITED(ran.status) && WEXITSTATUS(ran.status) == 125, "%s: status %x",
                  texts[_i].item, (unsigned)ran.status);
    ck_assert_msg(strncmp(gr_buf_text(&ran.out), "gr_inject: ", 11) == 0 &&
                      strstr(gr_buf_text(&ran.out), texts[_i].says) &&
                      strchr(gr_buf_text(&ran.out), '\n') == ran.out.data + ran.out.len - 1,
                  "%s: said \"%s\"", texts[_i].item, gr_buf_text(&ran.out));
}
END_TEST

START_TEST(struct_becomes_text)
{
    static const char *const rules[] = {"kill=before:msync:3", "fail=mmap", NULL};
    const struct gr_inject in = {.seed = 5,
                                 .cut = 50,
                                 .eintr = 10,
                                 .jitter = 3,
                                 .jitter_us = 700,
                                 .assume_handler = true,
                                 .hooks = true,
                                 .calls = "read",
                                 .trace = "all",
                                 .rules = rules};
    struct gr_inject_where where = {
        .bin_dir = "/lab/bin", .proc = 2, .time_scale = 2.5, .log_fd = 8, .log_ino = 77};
    char *text = gr_inject_env(&in, &where);

    ck_assert_str_eq(text, "IPCLAB_INJECT=seed=5;bin=/lab/bin;proc=2;scale=250;short=50;eintr=10;"
                           "jitter=3:700us;handler=assume;hooks=on;calls=read;trace=all;"
                           "kill=before:msync:3;fail=mmap;log=8.77");
    free(text);
    where.bin_dir = "/a;kill=before:read";
    ck_assert_ptr_null(gr_inject_env(&in, &where));
    ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(log_is_read)
{
    static const char lines[] = "12 0 sem_open \"/a\\040=\\040b\" 0102 0600 1 = 0x7f10 !delay\n"
                                "garbage\n"
                                "12 0.1 read 3 4 = -1 EINTR !eintr\n"
                                "\n"
                                "13 0.2 @stop after:read\n"
                                "14 1 ftok \"/x\" 99 = -1 ENOENT\n"
                                "15 1 read 3 4 = 4"; /* still being written */
    struct gr_buf log = {.cap = 4096};
    struct gr_call c;

    gr_buf_add(&log, lines, sizeof lines - 1);
    ck_assert_uint_eq(gr_calls_count(&log, NULL), 4);
    ck_assert_uint_eq(gr_calls_count(&log, "read"), 1);
    ck_assert(gr_calls_find(&log, "sem_open", "\"/a", &c));
    ck_assert_int_eq(c.pid, 12);
    ck_assert_int_eq(c.result, 0x7f10);
    ck_assert_str_eq(c.fault, "delay");
    ck_assert(gr_calls_find(&log, "read", NULL, &c));
    ck_assert_str_eq(c.label, "0.1");
    ck_assert_int_eq(c.result, -1);
    ck_assert_str_eq(c.error, "EINTR");
    ck_assert_str_eq(c.fault, "eintr");
    ck_assert_uint_eq(c.args_len, 3);
    ck_assert(gr_calls_find(&log, "@stop", "after:read", &c));
    ck_assert(gr_calls_find(&log, "ftok", "99", &c));
    ck_assert_str_eq(c.error, "ENOENT");
    ck_assert_str_eq(c.fault, "");
    ck_assert(!gr_calls_find(&log, "ftok", "100", NULL));
    gr_buf_release(&log);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("inject_text");
    TCase *tc = tcase_create("text");

    tcase_add_loop_test(tc, text_is_checked, 0, sizeof texts / sizeof *texts);
    tcase_add_test(tc, struct_becomes_text);
    tcase_add_test(tc, log_is_read);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return run_tests(suite());
}
