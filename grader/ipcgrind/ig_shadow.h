/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_SHADOW_H
#define IG_SHADOW_H

/**
 * The history of each shared byte, and the test for a race (FastTrack, Flanagan and Freund 2009):
 * the last write as one epoch, the reads since then as one epoch or a list.
 */
#include "ig_layout.h"
#include "pub_tool_basics.h"

/**
 * Thread @tid touches @size bytes at @a; @how is a set of enum ig_access. Private bytes are
 * skipped.
 */
void ig_shadow_access(ThreadId tid, Addr a, SizeT size, UInt how);

/* The quick look before it: True when the same task did the same in the same epoch, so that
 * ig_shadow_access() would find nothing. Takes no lock. */
Bool ig_shadow_seen(ThreadId tid, Addr a, SizeT size, UInt how);

#endif
