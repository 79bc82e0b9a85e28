/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_MISUSE_H
#define IG_MISUSE_H

/**
 * Objects that synchronise, used wrongly: each finding is a kind of its own with the stacks of the
 * calls. The edges of semaphores, mutexes, conditions, barriers and rwlocks say what happens to an
 * object; @key is that of its edge, @a its address, @call the function of the program.
 */
#include "ig_layout.h"
#include "pub_tool_basics.h"

/* It was initialised. */
void ig_made(ThreadId tid, const struct ig_key *key, Addr a, const HChar *call);

/* It is used; @shared is what it was initialised to be. */
void ig_used(ThreadId tid, const struct ig_key *key, Addr a, const HChar *call, Bool shared);

/* @tid begins to wait for it, and is done with it or about to be. */
void ig_waiting(ThreadId tid, const struct ig_key *key);
void ig_waited(ThreadId tid);
void ig_waiters_woken(ThreadId tid, const struct ig_key *key);

/* It is destroyed; with @idle nobody can be blocked. */
void ig_unmade(ThreadId tid, const struct ig_key *key, Addr a, const HChar *call, Bool idle);

/* Gives back, or waits with, a mutex that it should hold: False when it does not. */
Bool ig_must_hold(ThreadId tid, const struct ig_key *key, Addr a, enum ig_kind kind,
                  const HChar *call);

/* A finding of one side. */
void ig_misuse(ThreadId tid, enum ig_kind kind, Addr a, const HChar *call,
               const struct ig_side *before);

/* The process is about to fork. */
void ig_misuse_fork(void);

#endif
