/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_HANDLER_H
#define IG_HANDLER_H

/* Calls of functions that are not async-signal-safe while a signal handler runs. */
#include "pub_tool_basics.h"
#include "pub_tool_tooliface.h"

/* The number of the function on our list that begins at @a, 0 = none. */
UWord ig_unsafe_function(Addr a);

/* From instrumented code: the running thread enters that function. */
VG_REGPARM(1) void ig_unsafe_entered(UWord number);

#endif
