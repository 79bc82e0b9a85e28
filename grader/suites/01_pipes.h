/* SPDX-License-Identifier: MIT */
/* The scenarios of lab 01, one file a part; 01_pipes.c is the rubric that names them. */
#ifndef SUITE_01_PIPES_H
#define SUITE_01_PIPES_H

#include "gr_suite.h"

/* What all parts ask, 01_pipes_words.c */
/** gr_expect_usage(), and one line of stderr begins with `usage: PROG`. */
struct gr_proc *pipes_expect_usage(struct gr_run *r, const char *const *argv);
/** Fail unless @p, which has ended, said `PROG: @cmd: reason` of @error, once and as its first
 * line. */
void pipes_expect_cannot_run(struct gr_run *r, struct gr_proc *p, const char *cmd, int error);
/** A jail hands out its process ids in order: how many processes @p has made, not with backend
 * none. */
int pipes_processes_made(struct gr_run *r, const struct gr_proc *p);

/* 1A, 01_pipes_io.c and 01_pipes_io_errors.c */
void read_full_in_pieces(struct gr_run *r);
void read_full_at_the_end(struct gr_run *r);
void write_full_cut_short(struct gr_run *r);
void read_line_pieces(struct gr_run *r);
void io_survives_signals(struct gr_run *r);
void io_reports_errors(struct gr_run *r);
void io_uses_memory_well(struct gr_run *r);
void io_keeps_no_descriptor(struct gr_run *r);

/** gr_run_prog() of the grader's main() with the student's io.c. */
struct gr_proc *io_run_driver(struct gr_run *r, struct gr_prog *prog);

/* What the driver prints when all is right, 01_pipes_io_text.c; the caller frees it. */
/** Of a read_full() that stored @n of the @total bytes at @p. */
char *io_read_full_text(const char *p, size_t n, size_t total);
/** Of read_line() calls on @len bytes of @text with room for @cap. */
char *io_read_lines_text(const char *text, size_t len, size_t cap);
/** Of one read_line() with ample room, and what it leaves. */
char *io_first_line_text(const char *text);

/* The words for it, 01_pipes_io_words.c */
/** Return: what the first line that differs means, or NULL; the caller frees it. */
char *io_in_words(const char *got, const char *want);
/** Return: whether @line is the driver's, not one that io.c printed. */
bool io_line_is_ours(const char *line);

/* 1B, 01_pipes_sieve.c */
void sieve_small(struct gr_run *r);
void sieve_with_few_descriptors(struct gr_run *r);
void sieve_process_per_prime(struct gr_run *r);
void sieve_refuses_bad_numbers(struct gr_run *r);
void sieve_reports_failures(struct gr_run *r);
void sieve_memory(struct gr_run *r);
void sieve_waits_for_all(struct gr_run *r);

/* 1C, 01_pipes_pl.c */
void pl_passes_data(struct gr_run *r);
void pl_reports_exits(struct gr_run *r);
void pl_reports_signals(struct gr_run *r);
void pl_exec_fails(struct gr_run *r);
void pl_runs_stages_together(struct gr_run *r);
void pl_refuses_empty_stages(struct gr_run *r);
void pl_memory(struct gr_run *r);
void pl_stages_inherit_nothing(struct gr_run *r);
void pl_waits_for_all(struct gr_run *r);

/* 1D, 01_pipes_through.c and 01_pipes_through_exit.c */
void through_passes_data(struct gr_run *r);
void through_carries_much(struct gr_run *r);
void through_drains_writers(struct gr_run *r);
void through_stops_feeding(struct gr_run *r);
void through_exits_as_cmd(struct gr_run *r);
void through_keeps_flags(struct gr_run *r);
void through_survives_short_counts(struct gr_run *r);
void through_memory(struct gr_run *r);
void through_leaves_nothing(struct gr_run *r);
void through_waits_quietly(struct gr_run *r);

/* Bug hunt, 01_pipes_rest.c; Predict is gr_run_prediction() */
void hunt_1_repaired(struct gr_run *r);
void hunt_2_repaired(struct gr_run *r);
void hunt_2_waits(struct gr_run *r);

#endif
