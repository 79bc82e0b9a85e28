/* SPDX-License-Identifier: MIT */
/**
 * The injection library, rule by rule: a program that relies on what the kernel guarantees is
 * never disturbed, a program that relies on more always is, and a seed replays.
 */
#include <sys/sem.h>

#include "inject_util.h"

enum { SEEDS = 4 };

/* As hard as it gets. */
static struct gr_inject hard(uint64_t seed)
{
    return (struct gr_inject){.seed = seed,
                              .cut = 100,
                              .eintr = 70,
                              .eagain = 70,
                              .wake = 70,
                              .jitter = 5,
                              .jitter_us = 200};
}

static const char *const kept[] = {"regular_file",
                                   "atomic_write",
                                   "atomic_write_nonblock",
                                   "big_write_no_handler",
                                   "datagram",
                                   "seqpacket",
                                   "wait_all",
                                   "posix_message",
                                   "sysv_message",
                                   "restarts",
                                   "no_handler",
                                   "blocked_signal",
                                   "close_is_final",
                                   "blocking_no_eagain",
                                   "nonblocking_no_eintr",
                                   "edge_triggered",
                                   "trywait"};

START_TEST(guarantee_is_kept)
{
    const char *mode = getenv("GR_INJECT_MODE"); /* t_inject_red.sh wants only one */

    if (mode && strcmp(mode, kept[_i]) != 0)
        return;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct gr_inject in = hard(seed);

        run(&in, "keeps", kept[_i]);
        expect_out("ok\n", kept[_i]);
    }
}
END_TEST

/* What a program prints without injection, and with it. NULL: anything else than without. */
static const struct {
    const char *mode, *without, *with;
} naive[] = {
    {"sum", "36\n", NULL},          {"socket_write", "1000\n", NULL},
    {"socket_msg", "1000\n", NULL}, {"pipe_write", "5000\n", NULL},
    {"eintr", "1 0\n", "-1 1\n"},   {"poll_restart", "1 0\n", "-1 1\n"},
    {"open_fifo", NULL, "-1 1\n"},  {"eagain", "1 0\n", "-1 1\n"},
    {"map", "0 0\n", "-1 1\n"},     {"accept_aborted", NULL, "-1 1\n"},
    {"peer", NULL, "4711\n"},       {"wakes", NULL, "0\n"},
};

START_TEST(fault_arrives)
{
    static const char *const rules[] = {"fail=mmap:1", "fail=accept:1", "peeruid=4711", NULL};

    if (naive[_i].without) {
        run(NULL, "naive", naive[_i].mode);
        expect_out(naive[_i].without, naive[_i].mode);
    }
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct gr_inject in = {.seed = seed, .cut = 100, .rules = rules, .wake = 100};

        in.eintr = strstr("eintr poll_restart open_fifo", naive[_i].mode) ? 100 : 0;
        in.eagain = strcmp("eagain", naive[_i].mode) == 0 ? 100 : 0;
        run(&in, "naive", naive[_i].mode);
        if (naive[_i].with)
            expect_out(naive[_i].with, naive[_i].mode);
        ck_assert_msg(!naive[_i].without || strcmp(gr_buf_text(&ran.out), naive[_i].without) != 0,
                      "%s: nothing happened", naive[_i].mode);
        ck_assert_uint_gt(gr_calls_count(&ran.log, NULL), 0);
    }
}
END_TEST

/* Without its pids, which are never the same, a log can be compared. */
static char *without_pids(void)
{
    struct gr_buf b = {.cap = 16 << 20};
    struct gr_call c;

    for (size_t at = 0; gr_calls_next(&ran.log, &at, NULL, &c);) {
        char *line = gr_xasprintf("%s %s %.*s %ld %s %s\n", c.label, c.name,
                                  strcmp(c.name, "waitpid") == 0 ? 0 : (int)c.args_len, c.args,
                                  strcmp(c.name, "waitpid") == 0 ? 0 : c.result, c.error, c.fault);

        gr_buf_add(&b, line, strlen(line));
        free(line);
    }
    ck_assert_ptr_nonnull(b.data);
    return b.data;
}

/* The lines of one process, without its label. */
static char *only(const char *log, const char *label)
{
    struct gr_buf b = {.cap = 16 << 20};
    size_t n = strlen(label);

    for (const char *p = log; *p; p = strchr(p, '\n') + 1)
        if (strncmp(p, label, n) == 0 && p[n] == ' ')
            gr_buf_add(&b, p + n, (size_t)(strchr(p, '\n') + 1 - p) - n);
    ck_assert_ptr_nonnull(b.data);
    return b.data;
}

START_TEST(seed_replays)
{
    struct gr_inject in = {.seed = 77, .cut = 80, .trace = "all"};
    char *first, *second, *other;

    run(&in, "family", "fork");
    first = without_pids();
    run(&in, "family", "fork");
    second = without_pids();
    ck_assert_str_eq(first, second);
    in.seed = 78;
    run(&in, "family", "fork");
    other = without_pids();
    ck_assert_str_ne(first, other);
}
END_TEST

START_TEST(children_have_sequences_of_their_own)
{
    struct gr_inject in = {.seed = 5, .cut = 100, .calls = "read"};
    char *log;

    run(&in, "family", "fork");
    expect_out("ok\n", "family");
    log = without_pids();
    ck_assert_str_ne(only(log, "0.1"), only(log, "0.2"));
    ck_assert_str_ne(only(log, "0"), only(log, "0.1"));
}
END_TEST

START_TEST(storm_ends)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct gr_inject in = {
            .seed = seed, .cut = 100, .eintr = 100, .jitter = 2, .jitter_us = 300};

        run(&in, "storm", NULL);
        expect_out("40200\n", "storm");
        ck_assert_uint_gt(gr_calls_count(&ran.log, "read"), 100);
        ck_assert_uint_gt(gr_calls_count(&ran.log, "poll"), 0);
        ck_assert_uint_gt(gr_calls_count(&ran.log, "wait"), 0);
    }
}
END_TEST

START_TEST(another_program_is_left_alone)
{
    struct gr_inject in = hard(3);
    struct gr_call c;

    in.trace = "all";
    run(&in, "family", "cat");
    expect_out("a line for cat\n", "cat");
    for (size_t at = 0; gr_calls_next(&ran.log, &at, NULL, &c);)
        ck_assert_msg(strcmp(c.name, "read") != 0, "cat's read is in the log");
}
END_TEST

START_TEST(log_survives_a_program_that_closes_all)
{
    struct gr_inject in = {.seed = 1, .trace = "read"};

    run(&in, "family", "again");
    expect_out("ok\n", "again");
    ck_assert_uint_ge(gr_calls_count(&ran.log, "read"), 3);
    ck_assert(gr_calls_find(&ran.log, "read", "3 64", NULL));
}
END_TEST

START_TEST(rule_kills_at_its_place)
{
    static const char *const at_loop[] = {"kill=at:loop:2", NULL};
    static const char *const before_rmid[] = {"kill=before:semctl(IPC_RMID)", NULL};
    static const char *const other_label[] = {"kill=at:loop:2:0.1", NULL};
    struct gr_inject in = {.rules = at_loop, .trace = "semctl,semget"};
    struct gr_call c;

    run(&in, "places", NULL);
    ck_assert(WIFSIGNALED(ran.status) && WTERMSIG(ran.status) == SIGKILL);
    expect_out("made\nset\nwritten\n", "killed the second time");
    ck_assert(gr_calls_find(&ran.log, "@kill", "at:loop", NULL));
    ck_assert(gr_calls_find(&ran.log, "semget", NULL, &c));
    ck_assert_int_ne(semctl((int)c.result, 0, IPC_RMID), -1);
    in.rules = before_rmid;
    run(&in, "places", NULL);
    ck_assert(WIFSIGNALED(ran.status) && WTERMSIG(ran.status) == SIGKILL);
    expect_out("made\nset\nwritten\nwritten\nwritten\n", "killed before the command");
    ck_assert(gr_calls_find(&ran.log, "semget", NULL, &c));
    ck_assert_int_ne(semctl((int)c.result, 0, IPC_RMID), -1);
    in.rules = other_label;
    run(&in, "places", NULL);
    ck_assert_int_eq(ran.status, 0);
}
END_TEST

START_TEST(rule_delays_at_its_place)
{
    static const char *const rules[] = {"delay=before:semctl(SETVAL):150ms", NULL};
    struct gr_inject in = {.rules = rules};
    int64_t begin = gr_now_ms();

    run(&in, "places", NULL);
    ck_assert_int_eq(ran.status, 0);
    ck_assert_int_ge(gr_now_ms() - begin, 150);
    ck_assert_uint_eq(gr_calls_count(&ran.log, "@delay"), 1);
}
END_TEST

static void under_valgrind(const char *const *options, const char *name, const char *arg,
                           struct gr_inject in)
{
    const char *argv[12] = {"valgrind", "-q", "--error-exitcode=9", "--vgdb=no"};
    size_t n = 4;

    while (*options)
        argv[n++] = *options++;
    argv[n++] = gr_xasprintf("%s/inj_%s", absolute("build/selftest/programs"), name);
    argv[n++] = arg;
    argv[n] = NULL;
    run_argv(&in, argv);
    ck_assert_msg(ran.status == 0, "%s: status %x: %.3000s", argv[4], (unsigned)ran.status,
                  gr_buf_text(&ran.out));
}

START_TEST(memcheck_sees_the_same)
{
    static const char *const memcheck[] = {"--leak-check=full", "--trace-children=yes", NULL};

    under_valgrind(memcheck, "storm", NULL, (struct gr_inject){.seed = 2, .cut = 100, .eintr = 50});
    expect_out("40200\n", "storm");
    ck_assert_uint_gt(gr_calls_count(&ran.log, "read"), 100);
    under_valgrind(memcheck, "family", "again",
                   (struct gr_inject){.seed = 2, .cut = 100, .trace = "all"});
    expect_out("ok\n", "family");
}
END_TEST

static const char *const detectors[] = {"--tool=helgrind", "--tool=drd"};

/* Ten runs each: a false report about our own counters would come nearly every time. */
START_TEST(race_detectors_stay_quiet)
{
    const char *const options[] = {detectors[_i / 10], NULL};
    struct gr_inject in = hard((uint64_t)_i + 1);

    in.trace = _i % 2 ? "all" : NULL;
    in.eintr = in.eagain = 0;
    under_valgrind(options, "threads", NULL, in);
    expect_out("3120\n", options[0]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("inject");
    TCase *tc = tcase_create("kept");

    tcase_set_timeout(tc, getenv("GR_INJECT_SO") ? 6 : 600);
    tcase_add_loop_test(tc, guarantee_is_kept, 0, sizeof kept / sizeof *kept);
    suite_add_tcase(s, tc);
    tc = tcase_create("faults");
    tcase_set_timeout(tc, getenv("GR_INJECT_SO") ? 6 : 600);
    tcase_add_loop_test(tc, fault_arrives, 0, sizeof naive / sizeof *naive);
    tcase_add_test(tc, seed_replays);
    tcase_add_test(tc, children_have_sequences_of_their_own);
    tcase_add_test(tc, storm_ends);
    tcase_add_test(tc, another_program_is_left_alone);
    tcase_add_test(tc, log_survives_a_program_that_closes_all);
    tcase_add_test(tc, rule_kills_at_its_place);
    tcase_add_test(tc, rule_delays_at_its_place);
    suite_add_tcase(s, tc);
    tc = tcase_create("valgrind");
    tcase_set_timeout(tc, getenv("GR_INJECT_SO") ? 6 : 600);
    tcase_add_test(tc, memcheck_sees_the_same);
    tcase_add_loop_test(tc, race_detectors_stay_quiet, 0, 20);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return run_tests(suite());
}
