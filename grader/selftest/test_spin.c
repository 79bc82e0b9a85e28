/* SPDX-License-Identifier: MIT */
/**
 * Busy waiting is told from waiting, pausing and working, on a calm machine and on a loaded one;
 * and a scene that runs out of time says what everybody did at that moment.
 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gr_timed.h"
#include "hang_util.h"

enum { WORDS = 3 };

struct spin {
    const char *mode;
    const char *words[WORDS]; /* in the explanation; none: it does not spin */
    bool memcheck;
};

static const struct spin spins[] = {
    {"fifo-eof", {"read(fd 3)", "which returns 0", "end of file"}, true},
    {"poll-hup", {"poll()", "POLLHUP"}, true},
    {"trywait", {"without any system call", "sem_trywait()"}, true},
    {"flag", {"without any system call"}, false},
    {"recv-zero", {"recv(fd 3)", "which returns 0"}, false},
    {"mq-nonblock", {"mq_receive(fd 3)", "EAGAIN", "O_NONBLOCK"}, true},
    {"yield", {"sched_yield()"}, false},
    {"wnohang", {"wait()", "WNOHANG"}, false},
    {"waits", {NULL}, true},
    {"paused-poll", {NULL}, true},
    {"works", {NULL}, true},
    {"moves", {NULL}, false},
};

enum { SPINS = sizeof spins / sizeof *spins };

static const char *misses(const struct spin *c, struct gr_proc *p)
{
    bool spin = gr_spins(p), wanted = c->words[0];
    const struct gr_fact *f;
    size_t from = 0;

    if (p->scene->stop != GR_GO)
        return p->scene->trouble;
    if (spin != wanted)
        return spin ? "called a spin" : "not called a spin";
    f = gr_fact(p->scene, GR_FACT_SPIN, &from);
    for (int i = 0; wanted && i < WORDS && c->words[i]; i++)
        if (!f || !hang_says(f->text, c->words[i], p->lens))
            return c->words[i];
    return NULL;
}

static bool one_spin(const struct spin *c, enum gr_lens lens)
{
    int64_t begin = gr_now_ms();
    struct gr_scene *s = gr_scene_open(hang_place(), 20000);
    struct gr_proc *p = hang_start(s, "busy", c->mode, lens);
    const char *wrong = gr_wait_line(p, false, "ready") ? misses(c, p) : "it did not begin";

    if (wrong || getenv("GR_TEST_VERBOSE")) {
        printf("spin %s (%d): %s, %lld ms\n", c->mode, (int)lens, wrong ? wrong : "as it should be",
               (long long)(gr_now_ms() - begin));
        hang_print_facts(s, GR_FACT_SPIN);
    }
    gr_scene_close(s);
    return !wrong;
}

static bool spin_natively(size_t i)
{
    return one_spin(&spins[i], GR_PLAIN);
}

static bool spin_under_memcheck(size_t i)
{
    return !spins[i].memcheck || one_spin(&spins[i], GR_MEMCHECK_LENS);
}

START_TEST(busy_waiting_is_told_from_waiting)
{
    ck_assert_int_eq(hang_run_all(spin_natively, SPINS, 3), 0);
}
END_TEST

START_TEST(busy_waiting_is_told_under_memcheck)
{
    ck_assert_int_eq(hang_run_all(spin_under_memcheck, SPINS, 3), 0);
}
END_TEST

static const struct {
    const char *mode, *words; /* NULL: it does not wait with a time limit */
} timed[] = {
    {"waits", NULL},
    {"naps", "nanosleep()"},
    {"timed-poll", "poll() with a time limit"},
    {"parent-of-naps", "nanosleep()"},
};

enum { TIMED = sizeof timed / sizeof *timed };

/* A second program of the scene is not asked about, and must not matter. */
static bool one_timed(size_t i)
{
    struct gr_scene *s = gr_scene_open(hang_place(), 20000);
    struct gr_proc *other = hang_start(s, "busy", i % 2 ? "waits" : "naps", GR_PLAIN);
    struct gr_proc *p = hang_start(s, "busy", timed[i].mode, GR_PLAIN);
    bool here = gr_wait_line(other, false, "ready") && gr_wait_line(p, false, "ready");
    char *seen = gr_timed_wait(p);
    bool right = here && s->stop == GR_GO && !seen == !timed[i].words &&
                 (!seen || strstr(seen, timed[i].words)) && gr_wait_idle(s) && !p->ended;

    if (!right)
        printf("%s: %s (%s)\n", timed[i].mode, seen ? seen : "no time limit", s->trouble);
    free(seen);
    gr_scene_close(s);
    return right;
}

START_TEST(timed_waits_are_told_from_others)
{
    ck_assert_int_eq(hang_run_all(one_timed, TIMED, 2), 0);
}
END_TEST

/* Whoever is at work is waited for, though another one only looks now and then. */
START_TEST(idle_is_after_work)
{
    struct gr_scene *s = gr_scene_open(hang_place(), 20000);
    struct gr_proc *naps = hang_start(s, "busy", "naps", GR_PLAIN);
    struct gr_proc *works = hang_start(s, "busy", "works", GR_PLAIN);

    ck_assert(gr_wait_line(naps, false, "ready") && gr_wait_line(works, false, "ready"));
    ck_assert(gr_wait_idle(s));
    ck_assert_int_eq(gr_snapshot(s), 0);
    for (size_t i = 0, at = 0; i < 2; i++) {
        const struct gr_fact *f = gr_fact(s, GR_FACT_WAIT, &at);

        ck_assert(f != NULL);
        ck_assert_int_eq(f->a, f->pid == naps->pid ? GR_WAITS_TIMED : GR_WAITS_FOREVER);
    }
    gr_scene_close(s);
}
END_TEST

/* The trace that names the loop leaves the program as it was: it still ends by a signal. */
START_TEST(named_program_goes_on)
{
    struct gr_scene *s = gr_scene_open(hang_place(), 20000);
    struct gr_proc *p = hang_start(s, "busy", "fifo-eof", GR_PLAIN);

    ck_assert(gr_wait_line(p, false, "ready"));
    ck_assert(gr_spins(p));
    ck_assert(gr_spins(p));
    ck_assert_int_eq(gr_signal(p, SIGTERM), 0);
    ck_assert(gr_wait_exit(p));
    ck_assert_int_eq(p->status, SIGTERM);
    gr_scene_close(s);
}
END_TEST

static void expect_snapshot(long cpu_ms, double scale, const char *name, const char *mode,
                            enum gr_stop stop, const char *words)
{
    struct gr_place place = *hang_place();
    const struct gr_fact *f;
    struct gr_scene *s;
    bool found = false;
    size_t from = 0;

    place.time_scale = scale;
    s = gr_scene_open(&place, cpu_ms);
    gr_wait_exit(hang_start(s, name, mode, GR_PLAIN));
    ck_assert_int_eq(s->stop, stop);
    gr_finish(s);
    while ((f = gr_fact(s, GR_FACT_WAIT, &from)))
        found = found || strstr(f->text, words);
    if (!found)
        hang_print_facts(s, GR_FACT_WAIT);
    ck_assert(found);
    gr_scene_close(s);
}

/* A tiny time scale: 0.02 x (10 x 0.5 + 20) s of wall time, threefold on a loaded machine. The
 * alarm makes the warden silent. */
START_TEST(wall_limit_says_who_waits)
{
    expect_snapshot(500, 0.02, "live_alarm", "handler", GR_STOP_WALL, "waits in pause()");
}
END_TEST

START_TEST(cpu_limit_says_who_runs)
{
    expect_snapshot(300, 1, "busy", "flag", GR_STOP_CPU, "is running");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("spin");
    TCase *tc = tcase_create("spin");

    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, busy_waiting_is_told_from_waiting);
    tcase_add_test(tc, busy_waiting_is_told_under_memcheck);
    tcase_add_test(tc, timed_waits_are_told_from_others);
    tcase_add_test(tc, idle_is_after_work);
    tcase_add_test(tc, named_program_goes_on);
    tcase_add_test(tc, wall_limit_says_who_waits);
    tcase_add_test(tc, cpu_limit_says_who_runs);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return hang_main(suite);
}
