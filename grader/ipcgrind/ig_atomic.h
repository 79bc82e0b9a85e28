/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_ATOMIC_H
#define IG_ATOMIC_H

/* IG_VISIBLE once this program has said that all its atomics come with requests, else 0: part of
 * how each of its accesses is noted. */
#include "pub_tool_basics.h"

extern UInt ig_atomic_visible;

#endif
