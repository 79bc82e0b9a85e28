/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_SEGMENT_H
#define IG_SEGMENT_H

/**
 * System V segments have no inode of their own, only a number, which the kernel gives to a new
 * segment when the old one is gone. Who attaches one looks first: a segment that nobody has
 * attached yet, under a number that somebody has, is a new one.
 */
#include "pub_tool_basics.h"

/* Before shmat(). */
void ig_segment_look(ThreadId tid, Int id);

/* After it: the how many-th segment of this number it is. */
ULong ig_segment_attached(ThreadId tid, Int id);

#endif
