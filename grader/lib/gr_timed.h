/* SPDX-License-Identifier: MIT */
/**
 * Programs that wait with a time limit where they should wait for good: poll() with a timeout, or a
 * loop that sleeps and looks again.
 *
 * Such a program always can go on by itself, so gr_wait_stuck() would last until the limit of wall
 * time. Here it is told by the calls it is seen in, look after look, and never by how long anything
 * takes: a program that waits for good is still before long, or works, and neither counts. Not for
 * multithreaded programs under Valgrind, which has waits of its own.
 */
#ifndef GR_TIMED_H
#define GR_TIMED_H

#include "gr_suite.h"

/** gr_wait_stuck(), but who does nothing than wait with a time limit counts as waiting, too. For
 *  items that are about something else. Return: false if all programs have ended. */
bool gr_wait_idle(struct gr_scene *s);
/** Does @p, or a process it made, wait with a time limit? Ask only where nothing is there to do for
 *  it. Return: what it was seen in, to be freed; NULL = it does not. */
char *gr_timed_wait(struct gr_proc *p);
/** Note SPIN if it does; the scenario goes on, as with gr_expect_no_spin(). @instead: where to wait
 *  in its place, words behind "Let it wait ". Return: true if it waits as it should. */
bool gr_expect_untimed(struct gr_run *r, struct gr_proc *p, const char *instead);

#endif
