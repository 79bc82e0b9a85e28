/* SPDX-License-Identifier: MIT */
/* The scenarios of lab 04, one file a part; 04_semaphores.c is the rubric that names them. */
#ifndef SUITE_04_SEMAPHORES_H
#define SUITE_04_SEMAPHORES_H

#include "gr_kit.h"
#include "gr_suite.h"

enum { MAX_ARGV = 8 };

/* One run of a program: the processes it makes, and what they say by their hooks. */
struct steps {
    struct gr_run *r;
    struct gr_scene *s;
    struct gr_proc *p;
    size_t from; /* where the call log was when it was started */
};

/* Nothing is done to the program; its waits for a time are seen. */
extern const struct gr_inject noting;

/* 04_semaphores_steps.c: what every part needs. @line is the command, words parted by one blank. */

/* Start @line; hooks speak, and @rules (NULL: none) hold. */
struct steps start_steps(struct gr_run *r, const char *line, const char *const *rules);
/* Start @line with small pauses around every call that waits or wakes. */
struct steps start_shaken(struct gr_run *r, const char *line);
/* Start @line; waits for semaphores are interrupted now and then. */
struct steps start_interrupted(struct gr_run *r, const char *line);
/* Start @line; every wait for a semaphore is interrupted three times before it is made, and @rules
 * (NULL: none) hold. */
struct steps start_denied(struct gr_run *r, const char *line, const char *const *rules);
/* Start @line with what @prog says beside its arguments. */
struct steps start_prog(struct gr_run *r, const char *line, struct gr_prog prog);
/* Start @line as it is: under the item's lens, without hooks. */
struct gr_proc *start_bare(struct gr_run *r, const char *line);
/* Run @line under the item's lens to its end, which must be a good one. */
struct gr_proc *run_bare(struct gr_run *r, const char *line);

/* Wait until somebody is held at @place; fail with @why, and who waits, if that cannot come.
 * Return: whose process id. */
int expect_held(const struct steps *t, const char *place, const char *why);
/* The same for a hook that is called: "enter", "eat", 2. */
void expect_hook(const struct steps *t, const char *what, const char *kind, int i, const char *why);
/* Let everybody go who can, then fail if the hook was called. */
void expect_no_hook(const struct steps *t, const char *what, const char *kind, int i,
                    const char *why);
/* Let all come to where they are held, then let go all but process @pid. */
void let_others_go(const struct steps *t, int pid);
/* Let everybody go who can. */
void expect_still(const struct steps *t);
/* Let all go, and wait for a good end. */
void expect_good_end(const struct steps *t);
/* Whoever is inside one place, nobody may be inside another that clashes with it. @n: what the
 * program was started with. */
typedef bool (*clash_fn)(const struct gr_hook *a, const struct gr_hook *b, int n);
void expect_apart(const struct steps *t, clash_fn clash, int n, const char *why);
/* Run each of @lines, NULL at the end, under the race lens: no race, and a good end. The waits of
 * the last one are interrupted: a lock whose wait is taken for done guards nothing. */
void expect_no_races(struct gr_run *r, const char *const *lines);
/* Hold somebody at @place, let go whoever else @rules hold, and nobody may be busy meanwhile. */
void expect_quiet(struct gr_run *r, const char *line, const char *const *rules, const char *place);

/* Somebody is held: whoever waits for it sleeps, and asks nobody. */
void expect_asleep(const struct steps *t);

/* 04_semaphores_rules.c: the rules for all programs. */

/* Run @line beside old semaphores of every name that the run @t gave to sem_open(), with a value
 * that no run would begin with; @judge must be content with each. Without names nothing is run. */
typedef void (*judge_fn)(const struct steps *t);
void expect_old_names_ignored(const struct steps *t, const char *line, judge_fn judge);
/* Run @line with a full disk as its stdout: exit 1, and `PROG: CALL: reason`. */
void expect_full_disk_told(struct gr_run *r, const char *line);
/* Run @line into a file that has room for its first @room bytes: as above. */
void expect_short_file_told(struct gr_run *r, const char *line, size_t room, const char *remark);
/* Run @line, and every call that makes something to be shared fails: as above. */
void expect_failed_call_told(struct gr_run *r, const char *line);
/* Run @line, an svlock, where the call of @rule, "fail=semop:*", fails: as above, and no command is
 * run. */
void expect_no_lock_told(struct gr_run *r, const char *line, const char *rule, const char *remark);
/* Fail unless @p ends with 1 and its stderr begins with a line `PROG: CALL: reason`. */
void expect_failure_told(struct gr_run *r, struct gr_proc *p);
/* Start @line, the largest numbers of the contract, until somebody comes to @place; then end it.
 * Those who wait stay: only as the last thing of an item. */
void expect_largest_taken(struct gr_run *r, const char *line, const char *place);
/* How often did anybody in the run @t sleep, or wait with a time limit? *@first is the first. */
size_t waits_for_a_time(const struct steps *t, struct gr_call *first);
/* Fail if somebody did. */
void expect_no_clock(const struct steps *t);

/* 4A, 04_semaphores_order.c and _barrier.c */
/* The run @t of `barrier @n @rounds` comes to a good end, and nobody was out before all were in. */
void expect_rounds(const struct steps *t, int n, int rounds);
void turns_in_order(struct gr_run *r);
void turns_wait_for_the_late(struct gr_run *r);
void meet_both_ways(struct gr_run *r);
void barrier_holds_all_back(struct gr_run *r);
void barrier_laps_nobody(struct gr_run *r);
void order_survives_interrupts(struct gr_run *r);
void order_after_a_killed_run(struct gr_run *r);
void order_refuses_bad_arguments(struct gr_run *r);
void order_memory(struct gr_run *r);
void order_leaves_nothing(struct gr_run *r);
void order_races(struct gr_run *r);

/* 4B, 04_semaphores_bbuf.c */
void bbuf_delivers(struct gr_run *r);
void bbuf_takes_beside_a_put(struct gr_run *r);
void bbuf_puts_beside_a_take(struct gr_run *r);
void bbuf_one_in_a_slot(struct gr_run *r);
void bbuf_ends(struct gr_run *r);
void bbuf_survives_interrupts(struct gr_run *r);
void bbuf_refuses_bad_arguments(struct gr_run *r);
void bbuf_memory(struct gr_run *r);
void bbuf_leaves_nothing(struct gr_run *r);
void bbuf_races(struct gr_run *r);

/* the twin of 4B, 04_semaphores_threads.c */
void threads_helgrind(struct gr_run *r);
void threads_drd(struct gr_run *r);

/* 4C, 04_semaphores_rw.c */
void rw_versions(struct gr_run *r);
void rw_readers_together(struct gr_run *r);
void rw_writer_alone(struct gr_run *r);
void rw_waiting_writer_first(struct gr_run *r);
void rw_survives_interrupts(struct gr_run *r);
void rw_refuses_bad_arguments(struct gr_run *r);
void rw_memory(struct gr_run *r);
void rw_leaves_nothing(struct gr_run *r);
void rw_races(struct gr_run *r);

/* 4D, 04_semaphores_dine.c */
void dine_all_eat(struct gr_run *r);
void dine_no_neighbours(struct gr_run *r);
void dine_two_at_once(struct gr_run *r);
void dine_no_deadlock(struct gr_run *r);
void dine_memory(struct gr_run *r);
void dine_leaves_nothing(struct gr_run *r);
void dine_races(struct gr_run *r);

/* 4E, 04_semaphores_svlock.c */
void svlock_runs_cmd(struct gr_run *r);
void svlock_refuses_bad_arguments(struct gr_run *r);
void svlock_one_after_the_other(struct gr_run *r);
void svlock_starters(struct gr_run *r);
void svlock_killed_holder(struct gr_run *r);
void svlock_survives_interrupts(struct gr_run *r);
void svlock_memory(struct gr_run *r);
void svlock_leaves_nothing(struct gr_run *r);

/* Bug hunt, 04_semaphores_rest.c; Predict is gr_run_prediction() */
void hunt_1_excludes(struct gr_run *r);
void hunt_1_interrupted(struct gr_run *r);
void hunt_2_ends(struct gr_run *r);
void hunt_2_leaves_nothing(struct gr_run *r);
void hunt_2_locks(struct gr_run *r);

#endif
