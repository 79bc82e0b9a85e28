/* SPDX-License-Identifier: MIT */
/**
 * A suite: a table of graded items, each a Check TCase, and what their scenarios may say.
 *
 * A suite file (grader/suites/NN_topic.c) is a rubric:
 *  1. For each behaviour a function `static void name(struct gr_run *r)` with its scenario:
 *     gr_scene(r) makes the jail, gr_start() and the waits of gr_scene.h act in it, the
 *     gr_expect_*() functions judge what was observed.
 *  2. A table of struct gr_item, in the order of the walkthrough.
 *  3. main() calls gr_suite_main().
 *
 * The functions here that say "does not return" leave the scenario by a long jump to the runner,
 * which finishes the scene, weighs everything seen and appends the item's record. So a scenario
 * never cleans up, and never decides more than its own expectation.
 *
 * Check runs the item in a forked child of the suite process; the student's programs are
 * children of the warden, in the jail, never here.
 */
#ifndef GR_SUITE_H
#define GR_SUITE_H

#include "gr_scene.h"

struct gr_run;

/** What beside its own expectations an item's verdict depends on. */
enum gr_judges {
    GR_JUDGE_MEMORY = 1 << 0,  /* Valgrind's errors and leaks */
    GR_JUDGE_WAITED = 1 << 1,  /* children not waited for, orphans */
    GR_JUDGE_OBJECTS = 1 << 2, /* IPC objects and files left behind */
    GR_MAY_EXEC = 1 << 3,      /* the program may end as another one (exec) */
};

/**
 * To be or-ed to an item's judges: its programs may hold @n POSIX message queues of default size
 * (10 messages of 8 KiB) at once. All jails of a user share that user's queue bytes
 * (RLIMIT_MSGQUEUE), so the scheduler starts the item only when there is room; and a failure while
 * others hold that room is the grader's trouble, not the student's.
 */
#define GR_QUEUES(n) ((unsigned)(n) << 16)
#define GR_QUEUES_OF(judges) ((judges) >> 16)

/** One graded item: a row of the rubric. */
struct gr_item {
    const char *id;    /* "1B.3" */
    const char *part;  /* "1B" */
    const char *title; /* a sentence about behaviour */
    enum gr_kind kind;
    enum gr_lens lens;
    int points;
    const char *program; /* what it needs built: a [program] or a module's driver */
    const char *step;    /* "01.4", where the walkthrough builds it */
    const char *concept; /* the idea that is tested, one sentence */
    unsigned judges;     /* enum gr_judges */
    double cost;         /* CPU of the reference in seconds, measured by make bench-grader */
    void (*run)(struct gr_run *r);
};

/** The running item. */
struct gr_run {
    const struct gr_item *item;
    struct gr_place place;
    uint64_t seed;
    const char *lab; /* slug */
    struct gr_scene *scene;
    const struct gr_proc *about; /* whose command a failure shows: last started or judged */
    struct gr_record rec;
    uint64_t rng;
    int result_fd;
    pid_t parent; /* the suite process; the item runs in a child of it */
    bool failed;
};

/** The item's jail; made at the first call, the same one after that. Leaves on failure. */
struct gr_scene *gr_scene(struct gr_run *r);

/** A text the student handed in ([text] of lab.ini): its first 64 KiB. The caller frees it. Leaves
 *  with INFRA if it is not there: ipclab has seen it. */
char *gr_student_text(struct gr_run *r, const char *name);

/** Start a program given as arguments, under the item's lens; gr_run_prog() for all else. */
struct gr_proc *gr_run_args(struct gr_run *r, const char *input, ...) __attribute__((sentinel));
/** Start @prog (its lens is set to the item's). */
struct gr_proc *gr_run_prog(struct gr_run *r, struct gr_prog *prog);

/** A number from the item's seed, 0 <= n < @below. Same seed, same numbers. */
unsigned gr_random(struct gr_run *r, unsigned below);

/** Fail with @v. Does not return. */
void gr_fail(struct gr_run *r, enum gr_verdict v, const char *fmt, ...)
    __attribute__((noreturn, format(printf, 3, 4)));
/** Fail unless @ok. */
void gr_expect(struct gr_run *r, bool ok, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/** Wait for @p's end and fail unless it exits with @code. Death by a fault is CRASH. */
void gr_expect_exit(struct gr_run *r, struct gr_proc *p, int code);
/** Fail unless @p ends by signal @sig. */
void gr_expect_signal(struct gr_run *r, struct gr_proc *p, int sig);
/** Compare @p's stdout with @text, byte by byte; the first difference is shown. */
void gr_expect_out(struct gr_run *r, struct gr_proc *p, const char *text);
/** The same for @len bytes, which may hold '\0'. */
void gr_expect_out_bytes(struct gr_run *r, struct gr_proc *p, const char *want, size_t len);
/** Compare @len bytes of anything, called @what. */
void gr_expect_bytes(struct gr_run *r, const char *what, const char *got, size_t got_len,
                     const char *want, size_t want_len);
/** The same; a difference is told with @because, one sentence without a full stop, or NULL. */
void gr_expect_bytes_because(struct gr_run *r, const char *what, const char *got, size_t got_len,
                             const char *want, size_t want_len, const char *because);
/** What a program that ended leaves undone shows before its end is reported: wait for that, a
 * little. Return: true if @p has ended. For the words of a failure, not for a verdict. */
bool gr_ends_now(struct gr_proc *p);
/** Fail unless what was waited for @came; @fmt says what it was. If the scene stopped, that is the
 *  verdict; if the program started last has ended, how it did stands behind; a fault is a CRASH. */
void gr_expect_came(struct gr_run *r, bool came, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/** Wait until the scene went on (stop == GR_GO); otherwise leave with its verdict. */
void gr_expect_going(struct gr_run *r);
/**
 * Note SPIN if @p, or a process it made, keeps the processor busy although nothing is there to do:
 * all input is given, and nobody sends anything. Ask only where the program must wait. The
 * scenario goes on, since any other fault weighs more.
 * Return: true if it waits as it should, or has ended.
 */
bool gr_expect_no_spin(struct gr_run *r, struct gr_proc *p);
/** Fail unless stderr holds at least one line (@some) or none. */
void gr_expect_err(struct gr_run *r, struct gr_proc *p, bool some);
/** Fail unless @p exits with 1 and its stderr is exactly one line `PROG: CALL: reason`. */
void gr_expect_trouble(struct gr_run *r, struct gr_proc *p);
/** Run @argv; fail unless it is refused: exit 2, a word on stderr, nothing on stdout.
 *  Return: the ended program. */
struct gr_proc *gr_expect_usage(struct gr_run *r, const char *const *argv);

/**
 * Wait for the end of @p, which ran `fdprobe LABEL`, and leave with LEFTOVER unless that was
 * started with the descriptors 0, 1 and 2 only. Each other one becomes a finding.
 */
void gr_expect_probe(struct gr_run *r, struct gr_proc *p, const char *label);

/**
 * The whole of a suite's main(): --list, --item, and the Check runner.
 * Return: exit status 0 pass, 1 not pass, 2 usage, 75 the grader could not judge.
 */
int gr_suite_main(int argc, char **argv, const char *lab, const struct gr_item *items, size_t n);

/* Between the files of the suite's library. */
void gr_judge(struct gr_run *r);
void gr_weigh_facts(struct gr_run *r);
void gr_note(struct gr_run *r, enum gr_verdict v, const char *message);
/** Show the end of @p's stderr as a finding: it often says more than a status. */
void gr_show_stderr(struct gr_run *r, const struct gr_proc *p);
_Noreturn void gr_leave(struct gr_run *r);

#endif
