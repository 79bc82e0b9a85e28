/* SPDX-License-Identifier: MIT */
/**
 * One grading, from the options to the exit status.
 *
 *  1. cmd_grade() fills the options and opens lab, source folder, list.
 *  2. grade_dir_make() makes the run folder; grade_snapshot() copies the student's sources there.
 *  3. grade_build() compiles, checks for forbidden calls, links.
 *  4. grade_run() runs the items; grade_store() keeps each record, saves and shows it.
 *  5. grade_dir_remove() leaves nothing behind.
 */
#ifndef GRADE_H
#define GRADE_H

#include <sys/resource.h>

#include "gr_lab.h"
#include "gr_result.h"
#include "gr_term.h"
#include "ipclab.h"
#include "pool.h"
#include "suite_list.h"

/* Linked into programs for the race lens: it tells the tool of C11 atomics. */
#define RACE_RUNTIME "ig_atomics.o"

enum { MAX_SOURCE = 1024 * 1024, MAX_BINARY = 64 * 1024 * 1024 };
#define COMPILER_BYTES ((rlim_t)2 << 30) /* of address space, for one call of the compiler */

/** A mark the skeleton left: its step, what it says, its line. */
struct todo {
    char *step;
    char *text;
    int line;
};

/** A file of the student. */
struct source {
    char *name;
    char *problem; /* why it was not taken, for the student; NULL = it is in the run folder */
    struct todo *todos;
    size_t ntodos;
    bool warned; /* its warnings were shown */
};

/** A program or module on its way to a binary. */
struct build {
    const struct gr_program *prog;
    bool race;               /* for the race lens: C11 atomics made visible, in bin/race */
    enum gr_verdict verdict; /* GR_PASS: there is a binary */
    char *message;
};

struct grade {
    const char *root;
    /* Options */
    const char *lab_name, *src, *json, *test, *jail_wish, *color;
    bool csv, csv_header, bare, bench;
    int jobs;
    /* What is graded */
    struct gr_lab lab;
    struct suite_list list;
    char *dir; /* the student's folder */
    char *run; /* ours: src/ inc/ drv/ obj/N/ bin/ bin/race/ kit/ work/N */
    bool bwrap;
    struct source *sources;
    size_t nsources;
    struct build *builds; /* one for each program of the lab, then one more for the race lens */
    /* What came of it */
    struct pool pool;
    struct gr_result res;
    struct gr_term term;
    int64_t began;
    char *own_json; /* build/results/SLUG/result.json */
    bool own_json_failed, json_failed;
    size_t nchosen, ndone;
};

/** Return: 0, or -1 after a line. */
int grade_dir_make(struct grade *g);
void grade_dir_remove(struct grade *g);
/** In a child: make an empty work folder for the @try-th run of item @id in @slot. Return: its
 *  path, or NULL. */
char *grade_dir_work(const struct grade *g, const char *id, int try, int slot);
/** Return: 0, or -1 after a line; a student's unusable file is not a failure. */
int grade_snapshot(struct grade *g);
struct source *grade_source(const struct grade *g, const char *name);

/** Note the marks in @text. */
void todo_scan(struct source *s, const char *text);
/** Return: the sentence of what to do first for @step in the sources of @prog, or NULL. */
char *todo_first(const struct grade *g, const struct gr_program *prog, const char *step);
/** The same for the first mark in @text, what a program has said, that the sources of @prog still
 *  hold; then *@step is its step, the caller frees. */
char *todo_said(const struct grade *g, const struct gr_program *prog, const char *text,
                char **step);

/** Return: 0, or -1 when told to stop or the grader broke. */
int grade_build(struct grade *g);
/** Return: the processor seconds that one call of the compiler may take. */
long compile_seconds(const struct grade *g);
/** In a fork()ed child: become the tool @argv over the run folder, in the jail. @obj: which obj/N.
 */
_Noreturn void compile_in_jail(const struct grade *g, size_t obj, const char *cwd,
                               char *const argv[]);
/** Return: the folder "src", "inc", "drv", "obj" as the tool sees it (static or @g's memory). */
char *tool_path(const struct grade *g, const char *what, size_t obj, const char *name);
/** Return: 0, or EX_UNJUDGED (and a line on stderr) where the limits of this shell are too low. */
int check_limits(void);
/** Return: whether bwrap works here; if not, why (the caller frees). */
bool bwrap_works(char **why);

/** Return: whether the end of the compiler's time is what @log tells of. */
bool compile_out_of_time(const char *log);
/** Look through the binary of @b for client requests of Valgrind, as it lies there: instructions
 *  that a program writes at run time are not seen. Return: GR_PASS, or what is wrong, and why in
 *  *@message, which the caller frees. */
enum gr_verdict grade_look_through(const struct grade *g, const struct build *b, char **message);

/** Turn what the compiler said into a message. Return: it; the caller frees. */
char *compile_message(const struct grade *g, const struct gr_program *prog, const char *source,
                      const char *log);
/** Replace the jail's paths in @log by the student's. Return: it; the caller frees. */
char *compile_clean(const struct grade *g, const char *log, size_t len);

/** Run the chosen items. Return: 0, or -1 when told to stop. */
int grade_run(struct grade *g);
/** Keep @r (taken over) for item @i: complete it, save, and show it when those before it are. */
void grade_store(struct grade *g, size_t i, struct gr_record *r);
/** Show what is done and was not shown: no more will come. */
void grade_show_rest(struct grade *g);
/** Fill @r from the list: who it is, before anything is known about it. */
void grade_blank(const struct grade *g, size_t i, struct gr_record *r);
/** Write result.json wherever it is wanted. */
void grade_save(struct grade *g);

#endif
