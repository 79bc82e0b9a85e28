/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for a race: what the two tasks did around their accesses. */
#include "ig_words.h"

#include "ig_clock.h"
#include "ig_edge.h"
#include "ig_report.h"
#include "ig_session.h"
#include "ig_task.h"

/* The lock that @task held in its epoch @clock; IG_LOCKS_MANY for several or not known any more. */
static UInt lock_in(const struct ig_task *task, UInt clock)
{
    if (ig_vc_get(task->vc, task->id) - clock >= IG_EPOCHS)
        return IG_LOCKS_MANY;
    return task->lock_in[clock % IG_EPOCHS];
}

static enum ig_words locks(const struct ig_task *a, UInt a_clock, const struct ig_task *b,
                           UInt b_clock)
{
    UInt one = lock_in(a, a_clock);
    UInt other = lock_in(b, b_clock);
    if (one == IG_LOCKS_MANY || other == IG_LOCKS_MANY || one == other)
        return IG_WORDS_NONE;
    return one && other ? IG_WORDS_TWO_LOCKS : IG_WORDS_ONE_LOCK;
}

/* @me has seen all that @old did before its epoch @clock, and that epoch began with a release:
 * one line further down and the access would have been ordered. */
static enum ig_words early_release(const struct ig_task *me, const struct ig_task *old, UInt clock)
{
    if (clock < 2 || ig_vc_get(me->vc, old->id) != clock - 1 ||
        ig_vc_get(old->vc, old->id) - clock >= IG_EPOCHS - 1)
        return IG_WORDS_NONE;
    switch (old->ended[(clock - 1) % IG_EPOCHS]) {
    case IG_SYNC_SEM:
    case IG_SYNC_SYSV_SEM:
        return IG_WORDS_POSTED;
    case IG_SYNC_MUTEX:
    case IG_SYNC_SPIN:
    case IG_SYNC_RWLOCK:
        return IG_WORDS_UNLOCKED;
    case IG_SYNC_PIPE:
        return IG_WORDS_WROTE;
    case IG_SYNC_MESSAGE:
    case IG_SYNC_SOCKET:
    case IG_SYNC_DATAGRAM:
        return IG_WORDS_SENT;
    default:
        return IG_WORDS_NONE;
    }
}

/* One line only reads, the other only writes, and each has been first: it reads again and again. */
static Bool polled(struct ig_report *report, const struct ig_side *before)
{
    Bool same = ig_report_line(before->stack) == ig_report_line(report->side[0].stack);
    UInt seen = __atomic_or_fetch(&report->orders, same ? 1 : 2, __ATOMIC_RELAXED);
    UInt a = IG_WORD_FLAGS(report->side[0].word) & IG_WRITE;
    UInt b = IG_WORD_FLAGS(report->side[1].word) & IG_WRITE;
    return seen == 3 && a != b;
}

void ig_words(struct ig_report *report, const struct ig_side *before, const struct ig_side *now)
{
    const struct ig_task *old = ig_task_at(IG_WORD_TASK(before->word));
    const struct ig_task *me = ig_task_at(IG_WORD_TASK(now->word));
    UInt clock = IG_WORD_CLOCK(before->word);
    UInt words = IG_WORDS_NONE;
    if (polled(report, before))
        words = IG_WORDS_POLLED;
    if (!words)
        words = locks(me, IG_WORD_CLOCK(now->word), old, clock);
    if (!words)
        words = early_release(me, old, clock);
    if (!words && (me->slept || old->slept))
        words = IG_WORDS_SLEPT;
    if (words)
        __atomic_store_n(&report->words, words, __ATOMIC_RELAXED);
}
