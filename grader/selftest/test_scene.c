/* SPDX-License-Identifier: MIT */
/**
 * The waits of a scene, each against a program that does what is waited for, or does not; on both
 * backends. No test measures time: a wait that does not end is ended by Check.
 */
#include <sys/syscall.h>

#include "scene_fixture.h"

enum { BIG = 200000 };

static struct gr_proc *go(struct gr_prog prog, const char *a, const char *b, const char *c)
{
    const char *argv[] = {"partner", a, b, c, NULL};

    prog.argv = argv;
    return gr_start(s, &prog);
}

static const char *big_text(void)
{
    static char text[BIG + 1];

    for (size_t i = 0; i < BIG; i++)
        text[i] = (char)('a' + i % 26);
    return text;
}

START_TEST(lines_are_seen_as_they_come)
{
    struct gr_proc *p;

    if (!scene_begin(_i, 5000))
        return;
    p = go((struct gr_prog){.keep_input = true}, "complain", "ready", "echo");
    ck_assert(gr_wait_line(p, true, "ready"));
    gr_send(p, "one\ntwo", 7);
    ck_assert(gr_wait_bytes(p, 7));
    gr_send(p, "\n", 1);
    ck_assert(gr_wait_line(p, false, "two"));
    gr_send(p, "\0x\nlast\n", 8); /* a NUL byte hides nothing */
    ck_assert(gr_wait_line(p, false, "last"));
    gr_close_input(p);
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(p->status, 0);
    ck_assert(!gr_wait_line(p, false, "las")); /* whole lines only, and no wait for the dead */
    ck_assert(!gr_wait_bytes(p, 1000));
    ck_assert_uint_eq(p->outbuf.len, 16);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(blocked_call_is_seen)
{
    struct gr_proc *p, *q;

    if (!scene_begin(_i, 5000))
        return;
    p = go((struct gr_prog){.keep_input = true}, "echo", NULL, NULL);
    ck_assert(gr_wait_blocked(p, SYS_read, 0));
    ck_assert_int_eq(gr_signal(p, SIGUSR1), 0);
    ck_assert(gr_wait_line(p, false, "got USR1"));
    q = go((struct gr_prog){0}, "say", "x", NULL);
    ck_assert(!gr_wait_blocked(q, SYS_pause, -1)); /* it ends before it ever does */
    gr_close_input(p);
    ck_assert(gr_wait_all(s));
    ck_assert_int_eq(gr_signal(p, SIGUSR1), -1);
    ck_assert_int_eq(errno, ESRCH);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(trickle_comes_in_small_pieces)
{
    struct gr_proc *p;
    size_t sum = 0;
    char *at;

    if (!scene_begin(_i, 5000))
        return;
    p = go((struct gr_prog){.input = big_text(), .input_len = 100, .trickle = true}, "pieces", NULL,
           NULL);
    ck_assert(gr_wait_exit(p));
    for (at = p->outbuf.data; *at >= '0' && *at <= '9'; at++) {
        size_t n = strtoul(at, &at, 10);

        ck_assert_msg(n >= 1 && n <= 3, "a piece of %zu bytes", n);
        sum += n;
    }
    ck_assert_uint_eq(sum, 100);
    ck_assert_str_eq(at, "end\n");
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(held_output_blocks_and_flows_on)
{
    struct gr_proc *p;

    if (!scene_begin(_i, 5000))
        return;
    p = go((struct gr_prog){.input = big_text(), .hold_output = true}, "echo", NULL, NULL);
    ck_assert(gr_wait_stuck(s));
    ck_assert_uint_eq(p->outbuf.len, 0);
    ck_assert(!p->ended);
    gr_release_output(p);
    ck_assert(gr_wait_exit(p));
    ck_assert_uint_eq(p->outbuf.len, BIG);
    ck_assert_mem_eq(p->outbuf.data, big_text(), BIG);
    ck_assert(!gr_wait_stuck(s)); /* nobody is there to be stuck */
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(output_may_be_a_socket)
{
    struct gr_proc *p;

    if (!scene_begin(_i, 5000))
        return;
    p = go((struct gr_prog){.input = big_text(), .stdout_socket = true}, "echo", NULL, NULL);
    ck_assert(gr_wait_exit(p));
    ck_assert_uint_eq(p->outbuf.len, BIG);
    ck_assert_mem_eq(p->outbuf.data, big_text(), BIG);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(ignored_signals_stay_ignored)
{
    struct gr_proc *p;

    if (!scene_begin(_i, 5000))
        return;
    p = go((struct gr_prog){.keep_input = true, .sigterm_ignored = true}, "complain", "up", "echo");
    ck_assert(gr_wait_line(p, true, "up"));
    ck_assert_int_eq(gr_signal(p, SIGTERM), 0);
    gr_send(p, "alive\n", 6);
    ck_assert(gr_wait_line(p, false, "alive"));
    gr_close_input(p);
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(p->status, 0);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(programs_talk_through_a_fifo)
{
    struct gr_proc *w, *r;

    if (!scene_begin(_i, 5000))
        return;
    ck_assert_int_eq(gr_jail_mkfifo(s, "talk", 0600), 0);
    r = go((struct gr_prog){0}, "read-from", "talk", NULL);
    w = go((struct gr_prog){.input = big_text()}, "write-to", "talk", NULL);
    ck_assert(gr_wait_all(s));
    ck_assert_int_eq(w->status | r->status, 0);
    ck_assert_uint_eq(r->outbuf.len, BIG);
    ck_assert_mem_eq(r->outbuf.data, big_text(), BIG);
    ck_assert_int_eq(gr_jail_unlink(s, "talk"), 0);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(fifo_is_read_by_the_suite)
{
    struct gr_proc *p;
    char buf[8];
    int fd;

    if (!scene_begin(_i, 5000))
        return;
    ck_assert_int_eq(gr_jail_mkfifo(s, "up", 0600), 0);
    fd = gr_jail_open(s, "up", O_RDONLY, 0);
    ck_assert_int_ge(fd, 0);
    p = go((struct gr_prog){.keep_input = true}, "write-to", "up", NULL);
    gr_send(p, "he", 2);
    ck_assert(gr_wait_fd(s, fd, buf, 2));
    gr_send(p, "llo", 3);
    ck_assert(gr_wait_fd(s, fd, buf + 2, 3));
    ck_assert_mem_eq(buf, "hello", 5);
    gr_close_input(p);
    ck_assert(!gr_wait_fd(s, fd, buf, 1)); /* it ended: nothing can come */
    close(fd);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(jail_calls_report_their_errors)
{
    if (!scene_begin(_i, 5000))
        return;
    ck_assert_int_eq(gr_jail_mkfifo(s, "f", 0600), 0);
    ck_assert_int_eq(gr_jail_mkfifo(s, "f", 0600), -1);
    ck_assert_int_eq(errno, EEXIST);
    ck_assert_int_eq(gr_jail_open(s, "f", O_WRONLY, 0), -1); /* no reader, and no waiting for one */
    ck_assert_int_eq(errno, ENXIO);
    ck_assert_int_eq(gr_jail_unlink(s, "f"), 0);
    ck_assert_int_eq(gr_jail_unlink(s, "f"), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(gr_jail_open(s, "f", O_RDONLY, 0), -1);
    ck_assert_int_eq(errno, ENOENT);
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(closed_stdin_takes_nothing_and_holds_nobody_up)
{
    struct gr_proc *p;

    if (!scene_begin(_i, 5000))
        return;
    p = go((struct gr_prog){.keep_input = true}, "close", "0", "pause");
    ck_assert(gr_wait_blocked(p, SYS_pause, -1));
    for (int i = 0; i < 5; i++)
        gr_send(p, big_text(), BIG);
    ck_assert_int_eq(gr_signal(p, SIGKILL), 0);
    ck_assert(gr_wait_exit(p));
    scene_end_as(GR_GO);
}
END_TEST

/* What a loaded machine does to the suite: it comes back late. Its programs only waited for it. */
START_TEST(late_suite_is_no_deadlock)
{
    struct gr_proc *p, *q;

    if (!scene_begin(_i, 5000))
        return;
    p = go((struct gr_prog){.keep_input = true}, "echo", NULL, NULL);
    ck_assert(gr_wait_blocked(p, SYS_read, 0));
    poll(NULL, 0, 2500); /* longer than the warden needs to be sure */
    ck_assert_int_eq(gr_signal(p, SIGUSR1), 0);
    ck_assert(gr_wait_line(p, false, "got USR1"));
    q = go((struct gr_prog){.input = big_text()}, "echo", NULL, NULL);
    poll(NULL, 0, 2500); /* now there is output to take, and more input to give */
    gr_send(p, "x\n", 2);
    ck_assert(gr_wait_line(p, false, "x"));
    ck_assert(gr_wait_exit(q));
    gr_close_input(p);
    ck_assert(gr_wait_exit(p));
    scene_end_as(GR_GO);
}
END_TEST

struct slow_giver {
    struct gr_proc *p;
    int looks;
    bool got;
};

/* Comes late with the input that the program waits for: the warden has told of stillness by then.
 */
static bool gives_late(void *arg)
{
    struct slow_giver *g = arg;

    if (++g->looks == 2) {
        poll(NULL, 0, 1500);
        gr_send(g->p, "late\n", 5);
    }
    g->got = memmem(g->p->outbuf.data, g->p->outbuf.len, "late\n", 5) != NULL;
    return g->got;
}

/* Nobody is at rest who only waits for input that the suite has for him. */
START_TEST(late_suite_sees_no_stillness)
{
    struct slow_giver g = {.looks = 0};

    if (!scene_begin(_i, 5000))
        return;
    g.p = go((struct gr_prog){.keep_input = true}, "echo", NULL, NULL);
    ck_assert(gr_wait_quiet(s, 50, gives_late, &g));
    ck_assert(g.got);
    gr_close_input(g.p);
    ck_assert(gr_wait_exit(g.p));
    scene_end_as(GR_GO);
}
END_TEST

START_TEST(wait_without_hope_is_a_deadlock)
{
    struct gr_proc *p;
    size_t from = 0;

    if (!scene_begin(_i, 5000))
        return;
    p = go((struct gr_prog){.keep_input = true}, "echo", NULL, NULL);
    ck_assert(!gr_wait_line(p, false, "never"));
    ck_assert(!gr_wait_exit(p)); /* after a stop every wait returns at once */
    ck_assert_ptr_nonnull(gr_fact(s, GR_FACT_WAIT, &from));
    scene_end_as(GR_STOP_DEADLOCK);
}
END_TEST

START_TEST(only_three_descriptors_are_open)
{
    static const char *const argv[] = {"fdprobe", "here", NULL};
    struct gr_proc *p, *q;

    if (!scene_begin(_i, 5000))
        return;
    p = gr_start(s, &(struct gr_prog){.argv = argv});
    ck_assert(gr_wait_exit(p));
    ck_assert_str_eq(gr_buf_text(&p->errbuf), "here: 0 1 2\n");
    q = gr_start(s, &(struct gr_prog){.argv = argv, .lens = GR_MEMCHECK_LENS});
    ck_assert(gr_wait_exit(q));
    /* 3 is Valgrind's connection to its log; it keeps a copy of it, and its files, far above. */
    ck_assert_msg(strncmp(gr_buf_text(&q->errbuf), "here: 0 1 2 3(socket, ", 22) == 0, "%s",
                  gr_buf_text(&q->errbuf));
    scene_end_as(GR_GO);
}
END_TEST

static Suite *suite(void)
{
    const TTest *const tests[] = {lines_are_seen_as_they_come,
                                  blocked_call_is_seen,
                                  trickle_comes_in_small_pieces,
                                  held_output_blocks_and_flows_on,
                                  output_may_be_a_socket,
                                  ignored_signals_stay_ignored,
                                  programs_talk_through_a_fifo,
                                  fifo_is_read_by_the_suite,
                                  jail_calls_report_their_errors,
                                  closed_stdin_takes_nothing_and_holds_nobody_up,
                                  late_suite_is_no_deadlock,
                                  late_suite_sees_no_stillness,
                                  wait_without_hope_is_a_deadlock,
                                  only_three_descriptors_are_open,
                                  NULL};
    Suite *suite = suite_create("scene");
    TCase *tc = tcase_create("waits");

    tcase_set_timeout(tc, 300);
    for (size_t i = 0; tests[i] != NULL; i++)
        tcase_add_loop_test(tc, tests[i], GR_JAIL_BWRAP, GR_JAIL_NONE + 1);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    world_make();
    return world_run(suite());
}
