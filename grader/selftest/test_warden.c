/* SPDX-License-Identifier: MIT */
/**
 * The warden under stress: killed from either side, many programs, many processes, many scenes.
 */
#include "scene_util.h"

static struct host before;

static bool have(int backend)
{
    return backend != GR_JAIL_BWRAP || world.why[0] == '\0';
}

static struct gr_proc *crowd(struct gr_scene *s, const char *n)
{
    const char *argv[] = {"partner", "many", n, "say", "ready", "pause", NULL};
    struct gr_proc *p = gr_start(s, &(struct gr_prog){.argv = argv});

    ck_assert_msg(gr_wait_line(p, false, "ready"), "%s", s->trouble);
    return p;
}

/* The process that holds the scene dies: the jail must follow. */
START_TEST(killed_suite_takes_the_jail_along)
{
    int ready[2];
    pid_t pid;
    char c;

    if (!have(_i))
        return;
    host_look(&before);
    ck_assert_int_eq(gr_pipe(ready), 0);
    pid = fork();
    ck_assert_int_ne(pid, -1);
    if (pid == 0) {
        struct gr_place place = world_place((enum gr_backend)_i);

        crowd(gr_scene_open(&place, 5000), "20");
        if (write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &c, 1), 1);
    close(ready[0]);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    while (waitpid(-1, NULL, 0) > 0) /* ends when none is left: what escapes becomes ours */
        ;
    host_same(&before, "killed suite");
}
END_TEST

START_TEST(killed_jail_is_the_graders_trouble)
{
    struct gr_place place = world_place((enum gr_backend)_i);
    struct gr_scene *s;
    struct gr_proc *p;

    if (!have(_i))
        return;
    host_look(&before);
    s = gr_scene_open(&place, 5000);
    p = crowd(s, "5");
    ck_assert_int_eq(kill(s->jail_pid, SIGKILL), 0);
    ck_assert(!gr_wait_exit(p));
    ck_assert_int_eq(s->stop, GR_STOP_INFRA);
    ck_assert_msg(strstr(s->trouble, "ended in the middle of the test, by signal 9") != NULL, "%s",
                  s->trouble);
    gr_scene_close(s);
    while (waitpid(-1, NULL, 0) > 0) /* bwrap's inner process is ours now, and about to end */
        ;
    host_same(&before, "killed jail");
}
END_TEST

/* A thousand programs that end at once: every end is told, with its status. */
START_TEST(no_end_is_lost)
{
    static const char *const argv[] = {"end_as", "exit", "7", NULL};
    struct gr_place place = world_place((enum gr_backend)_i);

    if (!have(_i))
        return;
    host_look(&before);
    for (int round = 0; round < 20; round++) {
        struct gr_scene *s = gr_scene_open(&place, 5000);

        for (int i = 0; i < 50; i++) {
            struct gr_proc *p = gr_start(s, &(struct gr_prog){.argv = argv});

            /* Some are waited for one by one, some all together. */
            ck_assert(round % 2 || gr_wait_exit(p));
        }
        ck_assert_msg(gr_wait_all(s), "%s", s->trouble);
        for (size_t i = 0; i < s->nprocs; i++)
            ck_assert_int_eq(s->procs[i].status, 7 << 8);
        gr_finish(s);
        ck_assert_msg(s->stop == GR_GO, "%s", s->trouble);
        ck_assert_uint_eq(s->nfacts, 0);
        gr_scene_close(s);
    }
    host_same(&before, "1000 programs");
}
END_TEST

START_TEST(two_hundred_processes)
{
    struct gr_place place = world_place((enum gr_backend)_i);
    struct gr_scene *s;
    size_t from = 0, n = 0;

    if (!have(_i))
        return;
    host_look(&before);
    s = gr_scene_open(&place, 5000);
    crowd(s, "200");
    gr_finish(s);
    ck_assert_msg(s->stop == GR_GO, "%s", s->trouble);
    while (gr_fact(s, GR_FACT_PROCESS, &from))
        n++;
    ck_assert_uint_eq(n, 200);
    gr_scene_close(s);
    host_same(&before, "200 processes");
}
END_TEST

START_TEST(fifty_scenes_leak_nothing)
{
    struct gr_place place = world_place((enum gr_backend)_i);

    if (!have(_i))
        return;
    host_look(&before);
    for (int round = 0; round < 50; round++) {
        struct gr_scene *s = gr_scene_open(&place, 5000);
        int fd;

        crowd(s, "1");
        fd = gr_jail_open(s, "file", O_RDWR | O_CREAT, 0600);
        ck_assert_int_ge(fd, 0);
        close(fd);
        ck_assert_int_eq(gr_jail_unlink(s, "file"), 0);
        gr_finish(s);
        ck_assert_msg(s->stop == GR_GO, "round %d: %s", round, s->trouble);
        gr_scene_close(s);
    }
    host_same(&before, "50 scenes");
}
END_TEST

/* A backstop of the kernel's, for a warden that cannot look: RLIMIT_CPU, and the words for it. */
START_TEST(no_warden_is_needed_to_end_a_spin)
{
    static const char *const argv[] = {"spin", "1", NULL};
    struct gr_place place = world_place((enum gr_backend)_i);
    struct gr_scene *s;
    struct gr_proc *p;

    if (!have(_i))
        return;
    place.bare = true;
    place.time_scale = 0.1;
    host_look(&before);
    s = gr_scene_open(&place, 5000);
    s->wall_ms += 100000; /* a small scale makes the wall net small, too */
    p = gr_start(s, &(struct gr_prog){.argv = argv});
    ck_assert_msg(gr_wait_exit(p), "%s", s->trouble);
    ck_assert(WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGKILL);
    ck_assert_int_ge(p->cpu_ms, (long)gr_cpu_backstop(s) * 1000 - 50);
    gr_scene_close(s);
    host_same(&before, "spin");
}
END_TEST

static Suite *suite(void)
{
    const TTest *const tests[] = {killed_suite_takes_the_jail_along,
                                  killed_jail_is_the_graders_trouble,
                                  no_end_is_lost,
                                  two_hundred_processes,
                                  fifty_scenes_leak_nothing,
                                  no_warden_is_needed_to_end_a_spin,
                                  NULL};
    Suite *suite = suite_create("warden");
    TCase *tc = tcase_create("stress");

    tcase_set_timeout(tc, 600);
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
