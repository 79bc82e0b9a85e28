/* SPDX-License-Identifier: MIT */
/* The scenarios of lab 03, one file a part; 03_message_queues.c is the rubric that names them. */
#ifndef SUITE_03_MESSAGE_QUEUES_H
#define SUITE_03_MESSAGE_QUEUES_H

#include "gr_misuse.h"
#include "gr_moment.h"
#include "gr_queue.h"

/* Plant a POSIX queue; leaves with INFRA if it cannot be. Return: its descriptor. */
int plant(struct gr_run *r, const char *name, long maxmsg, long msgsize);
/* Put one text into it; leaves when the scene stopped. */
void put_text(struct gr_run *r, int queue, unsigned prio, const char *text);

/* Calls that wait are interrupted each time; the contract promises that this is no failure. */
extern const struct gr_inject interrupting;
/* Start a server whose queues are not there; it must not print READY before its first @call, which
 * makes one. Traced. */
struct gr_proc *start_not_ready_before(struct gr_run *r, const char *const *argv, const char *call);

/* SIGKILL, and wait until children that end with it (PR_SET_PDEATHSIG) have ended: one that is
 * about to would still be given the next message. */
void kill_whole(struct gr_proc *server);
/* @n letters; the caller frees them. */
char *letters(struct gr_run *r, size_t n);
struct gr_proc *start_job(struct gr_run *r, const char *prio, const char *text,
                          const struct gr_inject *in);

/* 3A, 03_message_queues_jobs.c, job_*() in 03_message_queues_job.c */
void jobd_prints_in_order(struct gr_run *r);
void job_sends(struct gr_run *r);
void jobd_keeps_old_queue(struct gr_run *r);
void jobd_makes_queue(struct gr_run *r);
void job_says_what_failed(struct gr_run *r);
void jobd_ends_on_term(struct gr_run *r);
void jobs_memory(struct gr_run *r);
void jobd_leaves_nothing(struct gr_run *r);

/* 3B, 03_message_queues_watch.c */
void watch_prints_both(struct gr_run *r);
void watch_sees_every_burst(struct gr_run *r);
void watch_survives_gap(struct gr_run *r);
void watch_ends_on_term(struct gr_run *r);
void watch_says_what_failed(struct gr_run *r);
void watch_handler_is_safe(struct gr_run *r);
void watch_memory(struct gr_run *r);
void watch_sleeps(struct gr_run *r);

/* The server's two queues, as this suite plays it; or as a student's calcd has made them. */
struct queues {
    int requests, replies;
};

/* 3C, 03_message_queues_calc.c, _wire.c and _raw.c */
void calc_computes(struct gr_run *r);
void calc_refuses_bad_expressions(struct gr_run *r);
void calc_keeps_to_the_wire(struct gr_run *r);
void calc_takes_only_its_own(struct gr_run *r);
void calc_survives_signals(struct gr_run *r);
void calcd_answers_raw_requests(struct gr_run *r);
void calc_says_what_failed(struct gr_run *r);
void calcd_ends_on_term(struct gr_run *r);
void calc_memory(struct gr_run *r);
void calcd_removes_once(struct gr_run *r);
void calcd_sleeps(struct gr_run *r);

/* 3D, 03_message_queues_crowd.c */
void crowd_with_slow_server(struct gr_run *r);
void crowd_at_once(struct gr_run *r);
void crowd_memory(struct gr_run *r);
void crowd_leaves_nothing(struct gr_run *r);

/* What the parts 3C and 3D share, 03_message_queues_calc.c */
extern const struct gr_inject trace_only;
void make_keyfile(struct gr_run *r);
void remove_keyfile(struct gr_run *r);
/* Start calcd on the key file and wait for READY; @in may be NULL. */
struct gr_proc *start_calcd(struct gr_run *r, const struct gr_inject *in);
struct gr_proc *start_calc(struct gr_run *r, const char *expr, const struct gr_inject *in);
/* The result and exit 0. */
void expect_result(struct gr_run *r, struct gr_proc *p, long long value);
void end_calcd(struct gr_run *r, struct gr_proc *calcd);

/* Bug hunt, 03_message_queues_rest.c; Predict is gr_run_prediction() */
void hunt_1_repaired(struct gr_run *r);
void hunt_2_repaired(struct gr_run *r);
void hunt_2_leaves_nothing(struct gr_run *r);

#endif
