/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts the program under Valgrind and waits for it and for all that it leaves behind. */
#include "prog.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t main_pid;

/* What ends us ends the program; the report of what was seen still comes. */
static void pass_on(int signal)
{
    if (main_pid > 0)
        kill(main_pid, signal);
}

static void nothing(int signal)
{
    (void)signal;
}

static void set_handler(int signal, void (*handler)(int))
{
    struct sigaction sa = {.sa_handler = handler};
    sigemptyset(&sa.sa_mask);
    sigaction(signal, &sa, NULL);
}

/* build/bin/ipcgrind belongs to build/lib/ipcgrind. */
static int library_dir(char *dir, size_t size)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n < 0)
        return -1;
    self[n] = '\0';
    snprintf(dir, size, "%s/../lib/ipcgrind", dirname(self));
    return access(dir, F_OK);
}

static char **arguments(const struct options *o, char *session)
{
    static char *const fixed[] = {
        "valgrind",        "--tool=ipcgrind",         "-q",
        "--vgdb=no",       "--command-line-only=yes", "--trace-children=yes",
        "--num-callers=12"};
    size_t fixed_count = sizeof(fixed) / sizeof(fixed[0]);
    size_t count = 0;
    while (o->argv[count])
        count++;
    char **args = calloc(fixed_count + count + 3, sizeof(*args));
    if (!args)
        return NULL;
    memcpy(args, fixed, sizeof(fixed));
    args[fixed_count] = session;
    args[fixed_count + 1] = "--";
    memcpy(args + fixed_count + 2, o->argv, count * sizeof(*args));
    return args;
}

static void become_valgrind(const struct options *o, const struct session *s)
{
    char dir[PATH_MAX + 32];
    char *session = NULL;
    if (library_dir(dir, sizeof(dir)) != 0 || setenv("VALGRIND_LIB", dir, 1) != 0 ||
        asprintf(&session, "--session=%s", s->path) < 0)
        return;
    char **args = arguments(o, session);
    if (!args)
        return;
    set_handler(SIGCHLD, SIG_DFL);
    execvp("valgrind", args);
}

static long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Collects every child, ours by birth or by inheritance, until none is left or, once the program
 * itself is over, the grace has passed. */
static void wait_for_all(const struct options *o, struct outcome *out, sigset_t *open)
{
    long deadline = -1;
    for (;;) {
        int status = 0;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid > 0 && pid == main_pid) {
            out->status = status;
            main_pid = 0;
            deadline = now_ms() + (long)o->grace * 1000;
        }
        if (pid < 0 && errno == ECHILD)
            return;
        if (pid != 0)
            continue;
        long left = deadline < 0 ? 1000 : deadline - now_ms();
        if (deadline >= 0 && left <= 0) {
            out->left = 1;
            return;
        }
        struct timespec pause = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        pselect(0, NULL, NULL, NULL, &pause, open);
    }
}

int run_program(const struct options *o, const struct session *s, struct outcome *out)
{
    sigset_t blocked;
    sigset_t open;
    int failed[2];
    *out = (struct outcome){.status = 0};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    set_handler(SIGCHLD, nothing);
    if (pipe2(failed, O_CLOEXEC) != 0)
        return -1;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, &open);
    pid_t pid = fork();
    if (pid == 0) {
        sigprocmask(SIG_SETMASK, &open, NULL);
        become_valgrind(o, s);
        (void)!write(failed[1], &errno, sizeof(errno));
        _exit(127);
    }
    close(failed[1]);
    main_pid = pid;
    set_handler(SIGINT,
                pid > 0 ? nothing : SIG_DFL); /* the terminal sends it to the program, too */
    set_handler(SIGTERM, pass_on);
    set_handler(SIGHUP, pass_on);
    int error = pid < 0 ? errno : 0;
    if (pid > 0 && read(failed[0], &error, sizeof(error)) != (ssize_t)sizeof(error))
        error = 0;
    close(failed[0]);
    if (pid > 0)
        wait_for_all(o, out, &open);
    sigprocmask(SIG_SETMASK, &open, NULL);
    if (error)
        say("cannot start valgrind: %s; make setup installs it, make build builds the tool",
            strerror(error));
    return error ? -1 : 0;
}
