/* SPDX-License-Identifier: MIT */
/**
 * Servers in their worst moments: held at a place, told to end just before they sleep, and watched
 * for asking again and again. What every server is asked for at all is in gr_server.h.
 */
#ifndef GR_MOMENT_H
#define GR_MOMENT_H

#include "gr_server.h"

/** Fail if @p has ended, showing how and what it said. */
void gr_expect_alive(struct gr_run *r, const struct gr_proc *p);
/** Fail unless stderr of @p is one line `PROG: CALL: reason`. */
void gr_expect_complaint(struct gr_run *r, const struct gr_proc *p);

/**
 * Stop @p, do what @meanwhile does, send SIGTERM, let it go on: for it everything happens at once.
 * Whatever @meanwhile put where @p takes it was there before the signal.
 */
void gr_term_after(struct gr_run *r, struct gr_proc *p,
                   void (*meanwhile)(struct gr_run *r, void *arg), void *arg);

/** Does a stop= rule hold the process @proc (a struct gr_proc) now? For gr_wait_quiet() and alike.
 */
bool gr_is_held(void *proc);
/** Wait until a rule holds @p. Return: false if it ended, or waits for something else: nothing in
 *  the jail can go on by itself, or five seconds have passed. */
bool gr_wait_stopped(struct gr_proc *p);
/** Wait until nothing in the jail can go on by itself, or five seconds have passed: of a program
 *  with a timer nobody can know. */
void gr_wait_settled(struct gr_scene *s);
/** Let the process of @p go that is held, if one is. */
void gr_resume_held(struct gr_proc *p);
/** Let @p go each time a rule holds it, until @done(@arg), or until nothing can go on by itself. */
void gr_let_through_until(struct gr_proc *p, bool (*done)(void *arg), void *arg);
/** The same until its end. */
void gr_let_through(struct gr_proc *p);

/**
 * SIGTERM in the worst moment: just before the call in which the server goes to sleep.
 *
 * Starts @prog twice: once to learn which of its calls that is, and again to hold it there (its
 * inject is set here). The first one is ended by SIGKILL. Return: the second one, which was sent
 * SIGTERM in that moment and let go; the caller expects its end.
 */
struct gr_proc *gr_term_before_sleep(struct gr_run *r, struct gr_prog *prog);

/**
 * Fail if @p keeps asking, again and again, while nothing happens: calls named in @calls
 * (separated by commas, traced) that come back empty-handed, with pauses between them or not.
 * One that asks without a pause is SPIN for gr_expect_no_spin(), but not while it is traced: the
 * lines of the log are bytes that move. So try that with a program started without trace.
 */
void gr_expect_no_asking(struct gr_run *r, struct gr_proc *p, const char *calls);

#endif
