/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings, deduplicated over processes. */
#include "ig_report.h"

#include "ig_session.h"
#include "ig_stack.h"
#include "ig_trace.h"
#include "ig_words.h"
#include "pub_tool_libcbase.h" // VG_(memcpy)()

static ig_ref own_frame(const struct ig_stack *stack)
{
    for (UInt i = 0; i < stack->count; i++) {
        ig_ref module = IG_AT(struct ig_frame, stack->frame[i])->module;
        if (module && !ig_is_library(IG_AT(struct ig_string, module)->text))
            return stack->frame[i];
    }
    return stack->frame[0];
}

/* Two races are one finding when they are between the same two lines: `x++` reads and writes, and
 * both of them race. */
ULong ig_report_line(ig_ref stack)
{
    ig_ref at = stack ? own_frame(IG_AT(struct ig_stack, stack)) : 0;
    if (!at)
        return 0;
    const struct ig_frame *frame = IG_AT(struct ig_frame, at);
    return frame->file ? (ULong)frame->file << 32 | frame->line : at;
}

static Bool same_line(const struct ig_side *a, const struct ig_side *b)
{
    return ig_report_line(a->stack) == ig_report_line(b->stack);
}

static Bool same_report(const struct ig_node *node, const void *arg)
{
    const struct ig_report *a = (const void *)node;
    const struct ig_report *b = arg;
    if (a->kind != b->kind || a->object != b->object)
        return False;
    return (same_line(&a->side[0], &b->side[0]) && same_line(&a->side[1], &b->side[1])) ||
           (same_line(&a->side[0], &b->side[1]) && same_line(&a->side[1], &b->side[0]));
}

static ig_ref make_report(const void *arg)
{
    ig_ref ref = ig_new(sizeof(struct ig_report));
    if (ref)
        VG_(memcpy)(IG_AT(struct ig_report, ref), arg, sizeof(struct ig_report));
    return ref;
}

static struct ig_report *enter(const struct ig_report *report)
{
    /* the same for both orders of the two sides */
    ULong lines = ig_report_line(report->side[0].stack) + ig_report_line(report->side[1].stack);
    UInt hash = ig_hash(report->kind, &report->object, sizeof(report->object)) ^
                ig_hash(0, &lines, sizeof(lines));
    ig_ref ref = ig_intern(IG_REPORTS, hash, same_report, make_report, report);
    struct ig_report *known = ref ? IG_AT(struct ig_report, ref) : NULL;
    if (known && __atomic_fetch_add(&known->count, 1, __ATOMIC_RELAXED) == 0)
        ig_trace_finding(known);
    return known;
}

void ig_report_race(enum ig_kind kind, ig_ref object, ULong offset, UInt size,
                    const struct ig_side *before, const struct ig_side *now)
{
    struct ig_report report = {.kind = kind, .object = object, .offset = offset, .size = size};
    report.side[0] = *before;
    report.side[1] = *now;
    report.side[0].call = report.side[1].call = 0;
    struct ig_report *known = enter(&report);
    if (known)
        ig_words(known, before, now);
}

void ig_report_misuse(enum ig_kind kind, ig_ref object, ULong offset, const struct ig_side *before,
                      const struct ig_side *now)
{
    struct ig_report report = {.kind = kind, .object = object, .offset = offset};
    report.side[0] = before ? *before : *now;
    if (before)
        report.side[1] = *now;
    enter(&report);
}
