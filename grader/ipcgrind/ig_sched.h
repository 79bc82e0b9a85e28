/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_SCHED_H
#define IG_SCHED_H

/**
 * Other schedules on purpose. At shared accesses and synchronisation a task may yield or wait a
 * moment; whether it does depends on the seed, the task's number and how many such points it has
 * passed, so the same seed makes the same decisions. Seed 0 never does.
 */
#include "pub_tool_basics.h"

/* Points at which a task may be delayed at all: a long run must not become a slow one. */
enum { IG_SCHED_POINTS = 20000 };

/* A shared access of @tid. */
void ig_sched_point(ThreadId tid);

/* A release or acquire of @tid: the more likely place. */
void ig_sched_sync(ThreadId tid);

#endif
