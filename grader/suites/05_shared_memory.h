/* SPDX-License-Identifier: MIT */
/* The scenarios of lab 05, one file a part; 05_shared_memory.c is the rubric that names them. */
#ifndef SUITE_05_SHARED_MEMORY_H
#define SUITE_05_SHARED_MEMORY_H

#include "gr_kit.h"
#include "gr_suite.h"

/* Shared by the parts, in 05_shared_memory_common.c */

enum { NAME_LEN = 40 };

/** A new name for a segment, from the seed. */
void new_name(struct gr_run *r, char name[NAME_LEN]);
/** Fail unless @p exits 1 and says why in exactly one line, `PROG: ...`. */
void expect_message(struct gr_run *r, struct gr_proc *p);
/** The same, about @call (NULL: whatever it calls it) and the words for @error. */
void expect_reason(struct gr_run *r, struct gr_proc *p, const char *call, int error);
/** The same, of a @p in which @call was to fail. If it has another way and never called it (the
 *  size of a segment may come from posix_fallocate), nothing is learnt, and false returned. */
bool expect_fault(struct gr_run *r, struct gr_proc *p, const char *call, int error);
/** Fail with @words unless the segment @name is there. */
void expect_still_there(struct gr_run *r, const char *name, const char *words);
/** Fail if the segment @name is there, @after what happened. */
void expect_gone(struct gr_run *r, const char *name, const char *after);
/** Fail unless the segment @name is there, with mode 0600. */
void expect_private_segment(struct gr_run *r, const char *name);

/** To be traced for paused_us(). */
#define SLEEPS "sleep,usleep,nanosleep"
enum { PATIENCE_US = 5000000 };
/** A pause in microseconds, or -1: @c is none. */
long long pause_us(const struct gr_call *c);
/** What @p asked for in all its pauses so far; the shortest one in *@least. */
long long paused_us(struct gr_run *r, const struct gr_proc *p, long long *least);

/* Shared by the files of 5A, in 05_shared_memory_tally.c */
struct gr_proc *start_tally(struct gr_run *r, const char *name, unsigned p, unsigned k,
                            const struct gr_inject *in);
/** All have been started. Exactly one says the total, all end well. */
void expect_tally_total(struct gr_run *r, struct gr_proc **p, unsigned n, unsigned k);

/* 5A, 05_shared_memory_tally.c and 05_shared_memory_trouble.c */
void tally_counts(struct gr_run *r);
void tally_one_at_a_time(struct gr_run *r);
void tally_waits_for_the_creator(struct gr_run *r);
void tally_refuses_bad_arguments(struct gr_run *r);
void tally_gives_up(struct gr_run *r);
void tally_reports_failures(struct gr_run *r);
void tally_together(struct gr_run *r);
void tally_races(struct gr_run *r);
void tally_leaves_nothing(struct gr_run *r);

/** What ring_driver.c does with random bytes: CRC-32 as in zlib, and the bytes themselves. */
uint32_t crc32_add(uint32_t crc, const void *data, size_t len);
uint32_t next_random(uint32_t *seed);
void fill_random(unsigned char *p, size_t len, uint32_t *seed);

/* 5B, 05_shared_memory_ring.c */
void ring_keeps_order(struct gr_run *r);
void ring_holds_all_it_can(struct gr_run *r);
void ring_passes_the_top(struct gr_run *r);
void ring_memory(struct gr_run *r);

/* 5B, 05_shared_memory_pair.c */
void ring_between_processes(struct gr_run *r);
void ring_waits_asleep(struct gr_run *r);
void ring_closes(struct gr_run *r);
void ring_races(struct gr_run *r);

/* 5B, 05_shared_memory_meet.c: part of what ring_between_processes and ring_closes ask for. Each
 * fails unless the calls come out right wherever the two processes meet. */
void ring_meets(struct gr_run *r);
void ring_meets_a_close(struct gr_run *r);

/* 5B, 05_shared_memory_rsend.c */
void rsend_passes_lines(struct gr_run *r);
void rsend_reports_failures(struct gr_run *r);
void rsend_memory(struct gr_run *r);
void rsend_leaves_nothing(struct gr_run *r);

/* 5C, 05_shared_memory_ledger.c */
void ledger_moves_money(struct gr_run *r);
void ledger_outlives_an_owner(struct gr_run *r);
void ledger_keeps_transfers_whole(struct gr_run *r);
void ledger_outlives_two_owners(struct gr_run *r);
void ledger_outlives_a_repair(struct gr_run *r);
void ledger_outlives_all(struct gr_run *r);
void ledger_together(struct gr_run *r);
void ledger_races(struct gr_run *r);
void ledger_waits_well(struct gr_run *r);

/* 5D, 05_shared_memory_telem.c */
void telem_shows_the_sample(struct gr_run *r);
void telem_is_never_torn(struct gr_run *r);
void telem_gives_up(struct gr_run *r);
void telem_serves_many(struct gr_run *r);
void telem_together(struct gr_run *r);
void telem_leaves_nothing(struct gr_run *r);

/* 5C and 5D, 05_shared_memory_inside.c: part of what ledger_moves_money,
 * ledger_keeps_transfers_whole and telem_is_never_torn ask for. Each fails unless the memory is
 * right also in the middle of the calls. */
void journal_is_kept(struct gr_run *r);
void journal_survives_anywhere(struct gr_run *r);
void telem_is_whole_anywhere(struct gr_run *r);

/* 5E, 05_shared_memory_shlist.c */
void shlist_keeps_order(struct gr_run *r);
void shlist_removes(struct gr_run *r);
void shlist_uses_room_again(struct gr_run *r);
void shlist_can_be_anywhere(struct gr_run *r);
void shlist_reports_errors(struct gr_run *r);
void shlist_memory(struct gr_run *r);

/* Bug hunt, 05_shared_memory_rest.c; Predict is gr_run_prediction() */
void hunt_1_survives_a_crash(struct gr_run *r);
void hunt_1_leaves_nothing(struct gr_run *r);
void hunt_2_loses_nothing(struct gr_run *r);
void hunt_2_races(struct gr_run *r);

#endif
