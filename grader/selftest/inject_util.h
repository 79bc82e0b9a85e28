/* SPDX-License-Identifier: MIT */
/**
 * For the tests of injection: run one of programs/inj_* with the library, take what it prints, its
 * status and the call log. The caller frees nothing; the next run replaces the last.
 */
#ifndef INJECT_UTIL_H
#define INJECT_UTIL_H

#include <check.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gr_inject.h"
#include "gr_io.h"

enum { CALLS_FD = 8 };

struct ran {
    struct gr_buf out; /* stdout and stderr */
    struct gr_buf log;
    int status;
};

static struct ran ran;

static inline char *absolute(const char *path)
{
    char *real = realpath(path, NULL);

    ck_assert_msg(real != NULL, "%s: %s", path, strerror(errno));
    return real;
}

/* The child's side. @text NULL: without injection. */
static inline void become(const char *const *argv, char *text, int out, int log)
{
    const char *lib = getenv("GR_INJECT_SO"); /* t_inject_red.sh has broken ones */
    char *so = gr_xasprintf("LD_PRELOAD=%s", lib ? lib : absolute("build/tools/gr_inject.so"));
    char path[] = "PATH=/usr/bin:/bin";
    char *env[] = {path, text ? so : NULL, text, NULL};

    if (dup2(out, 1) == -1 || dup2(out, 2) == -1 || dup2(log, CALLS_FD) == -1)
        _exit(126);
    close_range(CALLS_FD + 1, ~0U, 0);
    close_range(3, CALLS_FD - 1, 0);
    execvpe(argv[0], (char *const *)(uintptr_t)argv, env);
    _exit(127);
}

/* Both pipes to their ends. */
static inline void collect(int out, int log)
{
    struct pollfd p[2] = {{out, POLLIN, 0}, {log, POLLIN, 0}};
    struct gr_buf *to[2] = {&ran.out, &ran.log};
    char buf[4096];

    while (p[0].fd != -1 || p[1].fd != -1) {
        if (poll(p, 2, -1) == -1)
            continue;
        for (int i = 0; i < 2; i++) {
            ssize_t n = p[i].revents ? read(p[i].fd, buf, sizeof buf) : -1;

            if (n > 0)
                gr_buf_add(to[i], buf, (size_t)n);
            if (n == 0)
                p[i].fd = -1;
        }
    }
    close(out);
    close(log);
}

/* Run @argv with the variable @text, whole. */
static inline void run_text(char *text, const char *const *argv, int out[2], int log[2])
{
    pid_t pid;

    gr_buf_release(&ran.out);
    gr_buf_release(&ran.log);
    ran = (struct ran){.out.cap = 1 << 20, .log.cap = 16 << 20};
    pid = fork();
    ck_assert_int_ne(pid, -1);
    if (pid == 0)
        become(argv, text, out[1], log[1]);
    close(out[1]);
    close(log[1]);
    collect(out[0], log[0]);
    ck_assert_int_eq(waitpid(pid, &ran.status, 0), pid);
}

static inline void run_argv(const struct gr_inject *in, const char *const *argv)
{
    struct gr_inject_where where = {.proc = 0, .log_fd = CALLS_FD};
    struct stat st;
    int out[2], log[2];
    char *text;

    ck_assert_int_eq(gr_pipe(out), 0);
    ck_assert_int_eq(gr_pipe(log), 0);
    ck_assert_int_eq(fstat(log[1], &st), 0);
    where.bin_dir = absolute("build/selftest/programs");
    where.log_ino = (unsigned long)st.st_ino;
    text = in ? gr_inject_env(in, &where) : NULL;
    ck_assert(!in || text);
    run_text(text, argv, out, log);
    free(text);
}

/* Run programs/inj_@name with one argument or none. */
static inline void run(const struct gr_inject *in, const char *name, const char *arg)
{
    char *path = gr_xasprintf("%s/inj_%s", absolute("build/selftest/programs"), name);

    run_argv(in, (const char *const[]){path, arg, NULL});
    free(path);
}

static inline void expect_out(const char *want, const char *what)
{
    ck_assert_msg(strcmp(gr_buf_text(&ran.out), want) == 0,
                  "%s: printed \"%s\", not \"%s\"; log:\n%.2000s", what, gr_buf_text(&ran.out),
                  want, gr_buf_text(&ran.log));
}

static inline int run_tests(Suite *s)
{
    SRunner *r = srunner_create(s);
    int failed;

    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
