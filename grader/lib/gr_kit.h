/* SPDX-License-Identifier: MIT */
/**
 * Stepping: programs that say where they are (labs/NN/kit.h) are held there, one at a time, while
 * the suite looks at what the others do. Concurrency is then judged by states, never by a clock.
 *
 *  1. Start the program with `.inject = &(struct gr_inject){.hooks = true, .rules = rules}`. A rule
 *     "stop=at:enter.read.0" holds a process when it calls kit_enter("read", 0);
 *     "stop=at:want.read:*" each one, each time, when it calls kit_want("read", any number);
 *     "kill=at:point.debited:3" kills one at its third kit_point("debited").
 *  2. gr_wait_held() waits until some process stands at such a place. It returns false once the
 * jail stands still without that: then nothing that happens by itself will ever bring it there.
 *  3. gr_wait_still() lets all others go as far as they can. Now look: at what they printed, at
 *     gr_hook_next(), at who is inside.
 *  4. gr_resume() lets one go, gr_let_go() all. Do that before any other wait: whoever is held
 * looks stuck to the hang watch.
 *
 * The lines come out of the student's process, as all of the call log (gr_inject.h) does: a forged
 * one can only say that a program is somewhere. Judge what they show to be wrong, and what a
 * program prints; no points for a line alone.
 */
#ifndef GR_KIT_H
#define GR_KIT_H

#include "gr_scene.h"

/** One call of a hook. */
struct gr_hook {
    int pid;
    char label[40]; /* as in struct gr_call */
    char what[8];   /* "want", "enter", "leave", "point" */
    char kind[28];
    int i; /* -1: kit_point() has none */
};

/** Take the next hook from offset *@at of the call log. Return: false at the end. */
bool gr_hook_next(const struct gr_buf *calls, size_t *at, struct gr_hook *h);
/** How often @what was called for @kind and @i (-1: any). */
size_t gr_hooks_count(const struct gr_buf *calls, const char *what, const char *kind, int i);
/** The same, since offset @from. */
size_t gr_hooks_since(const struct gr_buf *calls, size_t from, const char *what, const char *kind,
                      int i);

/**
 * Wait until a process is held at @place, "enter.read.0", or at one below it, "enter.read"; from
 * offset *@at of the call log on.
 * Return: true with *@at behind the line and @c->pid the process; false if all ended, or nothing in
 * the jail can go on by itself and none is there.
 */
bool gr_wait_held(struct gr_scene *s, size_t *at, const char *place, struct gr_call *c);
/** The same for a hook that was called, held or not. */
bool gr_wait_hook(struct gr_scene *s, size_t *at, const char *what, const char *kind, int i,
                  struct gr_hook *h);
/** Is anybody held now? Who was killed while being held counts as well. */
bool gr_anybody_held(const struct gr_scene *s);
/** Wait until nothing in the jail can go on by itself, or all ended. Return: false if a limit came
 *  first. */
bool gr_wait_still(struct gr_scene *s);
/** Let go everybody who is held now, and no one who stops after that. Return: how many were. */
size_t gr_let_go(struct gr_scene *s);
/** Let go everybody who is held now or later, until @p ended. Return: as gr_wait_exit(). */
bool gr_let_run(struct gr_proc *p);
/** End by kill -9 @p and whoever called a hook since offset @from of the call log. */
void gr_kill_hooked(struct gr_proc *p, size_t from);

#endif
