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
/** Fail unless stderr of @p is one line `PROG: CALL: reason`. If the call log shows calls of @p
 * that failed, CALL and reason must be those of one of them. */
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
 * SIGTERM in the worst moments: just before the call in which the server goes to sleep.
 *
 * Starts @prog three times: to learn which of its calls that is (this one is ended by SIGKILL); to
 * hold all of it there, while SIGTERM comes; and to let only the thread that goes to sleep pause
 * there, and whoever has sent a message to wake it (its inject is set here). Leaves unless the last
 * two exit with 0; of one that sleeps on the report says when the signal came.
 *
 * How often a program calls before it sleeps may differ from start to start: being held and let go
 * is a SIGCHLD for a parent, and ends an epoll_wait(). One that does not come there again is
 * started anew, a few times; then SIGTERM comes while it sleeps.
 */
void gr_expect_term_before_sleep(struct gr_run *r, struct gr_prog *prog);
/**
 * Without the last of these starts. Return: the one before, which was sent SIGTERM in that moment
 * and let go; the caller expects its end, and says what it thinks of it.
 */
struct gr_proc *gr_term_before_sleep(struct gr_run *r, struct gr_prog *prog);

/** Calls that tell who waits with a time limit: to be traced for gr_expect_no_asking(). */
#define GR_IDLE_TRACE                                                                              \
    "poll,ppoll,select,pselect,epoll_wait,epoll_pwait,sleep,usleep,nanosleep,clock_nanosleep"

/**
 * Fail if @p keeps asking, again and again, while nothing happens: calls named in @calls
 * (separated by commas, traced) that come back empty-handed, with pauses between them or not; or
 * waits that end by a clock (GR_IDLE_TRACE). One that sleeps for longer than four seconds between
 * two looks is not found out.
 * One that asks without a pause is SPIN for gr_expect_no_spin(), but not while it is traced: the
 * lines of the log are bytes that move. So try that with a program started without trace.
 */
void gr_expect_no_asking(struct gr_run *r, struct gr_proc *p, const char *calls);

/* Used between the files of the library, not by suites. */
/** Send @sig to @p, if it has not ended. Leaves when the scene stopped. */
void gr_signal_or_leave(struct gr_run *r, struct gr_proc *p, int sig);
/** Is @c a call of @p, or of a process it forked? */
bool gr_call_is_of(const struct gr_proc *p, const struct gr_call *c);
/** Return: the pid of a process of @p that a rule holds now, the one that gr_resume_held() lets go
 * next; 0 = none. */
int gr_held_pid(const struct gr_proc *p);

#endif
