/* SPDX-License-Identifier: MIT */
/**
 * gr_vg on what the installed Valgrind really writes: small programs, one a rule, run as the
 * memcheck lens runs them. Also the proof that each suppression is needed, and enough.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vg_util.h"

#define PROGRAMS "build/selftest/programs/"
#define SUPPRESSIONS "--suppressions=grader/lib/ipclab.supp"

enum { LOG_FD = 9 };
enum flags {
    NO_SUPPRESSIONS = 1 << 0,
    HOLD = 1 << 1,   /* read the log only once the program has written to its stdout */
    EXECED = 1 << 2, /* it becomes a program that is not traced */
};

/* A clean environment, with @pad bytes of nothing: it moves the stack. */
static void exec_valgrind(const char *program, int log_fd, int out_fd, enum flags flags, int pad)
{
    char padding[128];
    char *env[] = {(char *)"PATH=/usr/bin:/bin", padding, NULL};
    const char *argv[] = {"valgrind",
                          "--tool=memcheck",
                          "--command-line-only=yes",
                          "--vgdb=no",
                          "--trace-children=yes",
                          "--trace-children-skip=/usr/*,/bin/*,/sbin/*,/lib*",
                          "--log-fd=9",
                          "--leak-check=full",
                          "--show-leak-kinds=definite,indirect",
                          "--track-fds=yes",
                          flags & NO_SUPPRESSIONS ? "--num-callers=12" : SUPPRESSIONS,
                          program,
                          "9",
                          NULL};

    if (dup2(log_fd, LOG_FD) == -1 || dup2(out_fd, STDOUT_FILENO) == -1)
        _exit(126);
    closefrom(LOG_FD + 1);
    close_range(STDERR_FILENO + 1, LOG_FD - 1, 0);
    snprintf(padding, sizeof(padding), "PAD=%*s", pad, "");
    execvpe(argv[0], (char *const *)argv, env);
    _exit(127);
}

static ssize_t read_some(int fd, char *buf, size_t cap)
{
    ssize_t n;

    do
        n = read(fd, buf, cap);
    while (n == -1 && errno == EINTR);
    ck_assert_int_ne(n, -1);
    return n;
}

static enum gr_vg_end end_of(pid_t pid, enum flags flags)
{
    int status = 0;
    pid_t got;

    do
        got = waitpid(pid, &status, 0);
    while (got == -1 && errno == EINTR);
    ck_assert_int_eq(got, pid);
    ck_assert_msg(!WIFEXITED(status) || WEXITSTATUS(status) < 126, "valgrind did not start");
    if (flags & EXECED)
        return GR_VG_EXECED;
    if (WIFEXITED(status))
        return GR_VG_EXITED;
    return WTERMSIG(status) == SIGKILL ? GR_VG_KILLED : GR_VG_SIGNALED;
}

/* Run PROGRAMS/@name under Memcheck and judge. */
static struct gr_vg *run(const char *name, enum flags flags, int pad)
{
    char path[128], buf[4096];
    int log[2], out[2];
    struct gr_vg *v = gr_vg_new();

    ck_assert_ptr_nonnull(v);
    snprintf(path, sizeof(path), PROGRAMS "%s", name);
    ck_assert_int_eq(pipe2(log, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    pid_t pid = fork();
    ck_assert_int_ne(pid, -1);
    if (pid == 0)
        exec_valgrind(path, log[1], out[1], flags, pad);
    close(log[1]);
    close(out[1]);
    gr_vg_started(v, pid, name);
    if (flags & HOLD)
        ck_assert_int_gt(read_some(out[0], buf, sizeof(buf)), 0);
    for (ssize_t n; (n = read_some(log[0], buf, sizeof(buf))) > 0;)
        gr_vg_feed(v, buf, (size_t)n);
    close(log[0]);
    close(out[0]);
    gr_vg_process(v, pid, name, end_of(pid, flags));
    gr_vg_judge(v);
    return v;
}

struct live {
    const char *name;
    enum flags flags;
    size_t found; /* findings in all; those named below are among them */
    enum gr_vg_kind kinds[2];
    const char *words[2]; /* in the first line or the details of each */
    const char *place;    /* of the first */
};

static const struct live cases[] = {
    {"vg_uaf_third_child", 0, 1, {GR_VG_ERROR}, {"Invalid write"}, "vg_uaf_third_child.c:20"},
    {"vg_leak_exec", 0, 1, {GR_VG_LEAK}, {"definitely lost"}, "vg_leak_exec.c:11"},
    {"vg_leak_fork_only", 0, 0, {0}, {NULL}, NULL},
    {"vg_padding_write", 0, 1, {GR_VG_ERROR}, {"write(buf)"}, "vg_padding_write.c:21"},
    {"vg_forge_summary", 0, 2, {GR_VG_ERROR, GR_VG_FORGED}, {"Invalid write", "two error"}, NULL},
    {"vg_drown_log", HOLD, 1, {GR_VG_FORGED}, {"missing"}, ""},
    {"vg_kill_self", 0, 0, {0}, {NULL}, NULL},
    {"vg_kill_child", 0, 0, {0}, {NULL}, NULL},
    {"vg_exec_true", EXECED, 0, {0}, {NULL}, NULL},
    {"vg_exec_true", 0, 1, {GR_VG_INCOMPLETE}, {"no error summary"}, ""},
    {"vg_close_log", 0, 1, {GR_VG_ERROR}, {"Invalid write"}, "vg_close_log.c:14"},
    {"vg_print_request", 0, 1, {GR_VG_FORGED}, {"VALGRIND_PRINTF"}, ""},
    {"vg_smash_heap", 0, 3, {GR_VG_ERROR, GR_VG_INCOMPLETE}, {"Invalid write", "broke down"}, NULL},
    {"vg_bad_instruction", 0, 1, {GR_VG_BROKEN}, {"Unrecognised instruction"}, ""},
};

START_TEST(program_is_judged_as_it_deserves)
{
    const struct live *c = &cases[_i];
    struct gr_vg *v = run(c->name, c->flags, 0);

    for (size_t i = 0; gr_vg_get(v, i) != NULL; i++)
        if (i >= c->found)
            ck_abort_msg("%s: also found: %s: %s", c->name, gr_vg_get(v, i)->what,
                         gr_vg_get(v, i)->detail);
    for (size_t i = 0; i < 2 && c->words[i] != NULL; i++)
        find(v, c->kinds[i], c->words[i]);
    if (c->place != NULL)
        ck_assert_str_eq(find(v, c->kinds[0], c->words[0])->place, c->place);
    gr_vg_free(v);
}
END_TEST

static const struct {
    const char *name;
    const char *words;
} suppressed[] = {
    {"vg_mq_notify_thread", "mq_notify(notification)"},
    {"vg_mq_notify_signal", "mq_notify(notification)"},
    {"vg_pass_fd", "sendmsg(msg.msg_control)"},
    {"vg_timer_signal", "timer_create(evp.sigev_value)"},
};

/* What glibc leaves unset is reported or not as the stack lies, so several places are tried. */
START_TEST(suppression_is_needed_and_enough)
{
    const char *name = suppressed[_i].name;
    struct gr_vg *v;
    int pad = 0;

    while (gr_vg_get(v = run(name, NO_SUPPRESSIONS, pad), 0) == NULL && pad < 96) {
        gr_vg_free(v);
        pad += 16;
    }
    find(v, GR_VG_ERROR, suppressed[_i].words);
    gr_vg_free(v);
    v = run(name, 0, pad);
    if (gr_vg_get(v, 0) != NULL)
        ck_abort_msg("%s: still found: %s", name, gr_vg_get(v, 0)->what);
    gr_vg_free(v);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("vg_live");
    TCase *tc = tcase_create("live");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, program_is_judged_as_it_deserves, 0, sizeof(cases) / sizeof(cases[0]));
    tcase_add_loop_test(tc, suppression_is_needed_and_enough, 0,
                        sizeof(suppressed) / sizeof(suppressed[0]));
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return run_suite(suite()) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
