/* SPDX-License-Identifier: MIT */
/* The scenarios of lab 02, one file a part; 02_fifos.c is the rubric that names them. */
#ifndef SUITE_02_FIFOS_H
#define SUITE_02_FIFOS_H

#include "gr_fifo.h"
#include "gr_files.h"
#include "gr_server.h"
#include "gr_suite.h"
#include "gr_timed.h"

/* Shared, 02_fifos_util.c */
/** Wait for @p's end: exit status 1, and one line on stderr. @why: what is wrong, a clause. */
void expect_failure(struct gr_run *r, struct gr_proc *p, const char *why);
/** Leave with FAIL if the server @p has ended. @after: after what. */
void expect_alive(struct gr_run *r, struct gr_proc *p, const char *after);
/** Leave unless @came: with the scene's stop; as a deadlock it says what was waited for. */
void expect_came(struct gr_run *r, bool came, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/** Expect that the server @p refuses the regular file @path, which holds "keep me\n". */
void expect_file_kept(struct gr_run *r, struct gr_proc *p, const char *path);
/** Start `logd fifo out` and wait for READY. */
struct gr_proc *start_logd(struct gr_run *r, struct gr_prog prog);
/** End logd, whose FIFO must be gone then, and take `out` away. */
void end_logd(struct gr_run *r, struct gr_proc *logd);
/** Start `seqd d` in a folder of its own and wait for READY. */
struct gr_proc *start_seqd(struct gr_run *r, struct gr_prog prog);
/** Expect that the server @argv ends when SIGTERM comes just before it goes to sleep, and takes its
 *  FIFO @fifo with it. Nothing is said of one that wakes up by itself. */
void expect_term_in_time(struct gr_run *r, const char *const *argv, const char *fifo);
/** Expect that clients can connect to @fifo when the server @argv writes READY, and not later. Ends
 *  the server and takes @fifo away. */
void expect_ready_in_time(struct gr_run *r, const char *const *argv, const char *fifo);
/** Note SPIN unless @p sleeps in a call that ends only when there is something to do. @instead: as
 *  gr_expect_untimed() says. Return: true if it sleeps. */
bool expect_sleep(struct gr_run *r, struct gr_proc *p, const char *instead);
/** Return: @n letters from the seed and a newline; the caller frees. */
char *random_line(struct gr_run *r, size_t n);

/* 2A, 02_fifos_log.c, 02_fifos_logc.c and 02_fifos_modes.c */
/** Put a struct log_chunk of @len bytes into the FIFO of logd, as a client of our own. */
void put_chunk(struct gr_run *r, int fd, const void *chunk, size_t len);
void logd_appends_lines(struct gr_run *r);
void logd_joins_long_lines(struct gr_run *r);
void logc_writes_whole_chunks(struct gr_run *r);
void logd_keeps_lines_whole(struct gr_run *r);
void logd_lives_on(struct gr_run *r);
void logd_starts_again(struct gr_run *r);
void logd_drains_at_sigterm(struct gr_run *r);
void logd_survives_short_reads(struct gr_run *r);
void logc_waits_for_its_server(struct gr_run *r);
void longer_lines_are_refused(struct gr_run *r);
void log_refuses(struct gr_run *r);
void log_memory(struct gr_run *r);
void logd_makes_private_objects(struct gr_run *r);
void logd_removes_its_fifo(struct gr_run *r);

/* 2B, 02_fifos_seqd.c, 02_fifos_hostile.c and 02_fifos_seqc.c */
void seqd_hands_out_ranges(struct gr_run *r);
void seqd_serves_a_crowd(struct gr_run *r);
void seqd_takes_requests_apart(struct gr_run *r);
void seqd_ignores_garbage(struct gr_run *r);
void seqd_outlives_bad_clients(struct gr_run *r);
void seqd_survives_epipe(struct gr_run *r);
void seqc_opens_before_it_asks(struct gr_run *r);
void seqc_waits_for_its_answer(struct gr_run *r);
void seqd_drains_at_sigterm(struct gr_run *r);
void seqd_starts_again(struct gr_run *r);
void seq_survives_short_reads(struct gr_run *r);
void seq_refuses(struct gr_run *r);
void seq_memory(struct gr_run *r);
void seqd_closes_every_answer(struct gr_run *r);
void seq_leaves_nothing(struct gr_run *r);

/* Raw clients of seqd, 02_fifos_raw.c */
#define RAW_PID 7000000u /* above every real process id: raw client n is this plus n */
/** Return: the path of the FIFO of raw client @n; static. */
const char *raw_path(unsigned n);
/** Make it, and open it as @flags say. Return: the descriptor. */
int raw_client(struct gr_run *r, unsigned n, int flags);
void raw_gone(struct gr_run *r, unsigned n, int fd);
/** Open the server's FIFO for writing. Return: the descriptor. */
int raw_requests(struct gr_run *r);
void raw_put(struct gr_run *r, int wfd, const char *text);
/** A good request: client @n wants @len numbers. */
void raw_ask(struct gr_run *r, int wfd, unsigned n, unsigned len);
/** Expect the line @want as the answer. @seqd: must be alive; NULL: it has ended as it should.
 *  @after: what was done, for the message. */
void expect_answer(struct gr_run *r, struct gr_proc *seqd, int rfd, const char *want,
                   const char *after);
/** End seqd, whose FIFO must be gone then. */
void end_seqd(struct gr_run *r, struct gr_proc *seqd);

/* 2C, 02_fifos_duplex.c and, about its own input and output, 02_fifos_own.c */
/** Make the FIFOs one and two, which are the suite's. */
void make_duplex_fifos(struct gr_run *r);
/** Take them away; they must be there, as they were made. */
void remove_duplex_fifos(struct gr_run *r);
struct gr_proc *start_duplex(struct gr_run *r, const char *out, const char *in,
                             struct gr_prog prog);
/** Make the FIFOs and start a duplex whose peer is the suite: @rfd is where it writes, @wfd what it
 *  reads. */
struct gr_proc *start_at_raw_peer(struct gr_run *r, struct gr_prog prog, int *rfd, int *wfd);
/** Expect exit status 1 and one line from a duplex whose standard output cannot be written. */
void expect_failing_output(struct gr_run *r);

void duplex_meets_its_peer(struct gr_run *r);
void duplex_passes_lines_at_once(struct gr_run *r);
void duplex_carries_much(struct gr_run *r);
void duplex_closes_by_halves(struct gr_run *r);
void duplex_reports_trouble(struct gr_run *r);
void duplex_survives_short_counts(struct gr_run *r);
void duplex_memory(struct gr_run *r);
void duplex_leaves_nothing(struct gr_run *r);

/* Bug hunt, 02_fifos_rest.c; Predict is gr_run_prediction() */
void hunt_1_repaired(struct gr_run *r);
void hunt_2_serves_on(struct gr_run *r);
void hunt_2_removes_its_fifo(struct gr_run *r);

#endif
