/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_REPORT_H
#define IG_REPORT_H

/**
 * Findings go into the session, once for each pair of places in the program, however many
 * processes meet it; the program `ipcgrind` prints them when all is over.
 */
#include "ig_layout.h"
#include "pub_tool_basics.h"

/* @before and @now touch @size bytes of @object at @offset and nothing orders them. */
void ig_report_race(enum ig_kind kind, ig_ref object, ULong offset, UInt size,
                    const struct ig_side *before, const struct ig_side *now);

/* A call that uses an object wrongly: @now, after @before unless that is NULL. */
void ig_report_misuse(enum ig_kind kind, ig_ref object, ULong offset, const struct ig_side *before,
                      const struct ig_side *now);

/* Tells the lines of the program apart that stacks begin with. */
ULong ig_report_line(ig_ref stack);

#endif
