/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_TRACE_H
#define IG_TRACE_H

/**
 * The event log of --trace: one JSON object a line; README.md describes them. All processes append
 * to one file, each event with one write. Numbers are drawn so that a release has a smaller one
 * than every acquire that sees it: call these before a release is published, after an acquire.
 *
 * Without --trace each call is one comparison.
 */
#include "ig_edge.h"
#include "ig_layout.h"
#include "pub_tool_basics.h"

extern Int ig_trace_fd; /* -1: no log is wanted */

/* Join the log of the session; an unwritable one is counted as lost events. */
void ig_trace_open(void);

void ig_trace_sync_event(const struct ig_task *me, const HChar *event, const struct ig_key *key,
                         Long bytes);
void ig_trace_task_event(const struct ig_task *me, const HChar *event, const struct ig_task *other);
void ig_trace_finding_event(const struct ig_report *report);

/* @event on the object of @key; @bytes < 0 where there are none. */
static inline void ig_trace_sync(const struct ig_task *me, const HChar *event,
                                 const struct ig_key *key, Long bytes)
{
    if (ig_trace_fd >= 0)
        ig_trace_sync_event(me, event, key, bytes);
}

/* @event of @me, which concerns @other (or NULL). */
static inline void ig_trace_task(const struct ig_task *me, const HChar *event,
                                 const struct ig_task *other)
{
    if (ig_trace_fd >= 0 && me)
        ig_trace_task_event(me, event, other);
}

/* A finding that is new. */
static inline void ig_trace_finding(const struct ig_report *report)
{
    if (ig_trace_fd >= 0)
        ig_trace_finding_event(report);
}

#endif
