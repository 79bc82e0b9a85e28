/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_STACK_H
#define IG_STACK_H

/**
 * Call stacks in the session: {module, offset} frames, each stored once, with its function, file
 * and line looked up when it is first seen. So a report needs nobody's debug information, and the
 * stack of a process that was killed prints like any other.
 */
#include "ig_layout.h"
#include "pub_tool_basics.h"

/* Where @tid is now; 0 when the session has no room. */
ig_ref ig_stack_here(ThreadId tid);

/* Code was unmapped: what is remembered about addresses is void. */
void ig_stack_forget(void);

/* Counts calls, returns and jumps of this process, added up by its instrumented code: while it
 * stands still the callers of a thread that runs are the same. */
extern ULong ig_calls;

/* Is @file, a module, a library that the program has not to answer for? */
Bool ig_is_library(const HChar *file);

#endif
