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

/* One line only reads, the other only writes, and one task read both before a write and after one
 * without having done anything in between that orders: it reads again and again. Who also writes
 * there, like each side of a counter, does not wait for the other. */
static Bool polled(struct ig_report *report, const struct ig_side *before,
                   const struct ig_side *now)
{
    Bool reads_first = !(IG_WORD_FLAGS(before->word) & IG_WRITE);
    Bool reads_last = !(IG_WORD_FLAGS(now->word) & IG_WRITE);
    ULong reader = IG_WORD_EPOCH(reads_first ? before->word : now->word);
    ULong writer = IG_WORD_EPOCH(reads_first ? now->word : before->word);
    if (reads_first == reads_last)
        return False;
    __atomic_store_n(&report->reader[reads_first], reader, __ATOMIC_RELAXED);
    ULong wrote = __atomic_exchange_n(&report->writer, writer, __ATOMIC_RELAXED);
    if (wrote && IG_WORD_TASK(wrote) == IG_WORD_TASK(reader))
        __atomic_store_n(&report->both_ways, 1, __ATOMIC_RELAXED);
    return !__atomic_load_n(&report->both_ways, __ATOMIC_RELAXED) &&
           __atomic_load_n(&report->reader[!reads_first], __ATOMIC_RELAXED) == reader;
}

void ig_words(struct ig_report *report, const struct ig_side *before, const struct ig_side *now)
{
    const struct ig_task *old = ig_task_at(IG_WORD_TASK(before->word));
    const struct ig_task *me = ig_task_at(IG_WORD_TASK(now->word));
    UInt clock = IG_WORD_CLOCK(before->word);
    UInt words = IG_WORDS_NONE;
    if (polled(report, before, now))
        words = IG_WORDS_POLLED;
    if (!words)
        words = locks(me, IG_WORD_CLOCK(now->word), old, clock);
    if (!words)
        words = early_release(me, old, clock);
    if (!words && (me->slept || old->slept))
        words = IG_WORDS_SLEPT;
    if (words || __atomic_load_n(&report->both_ways, __ATOMIC_RELAXED))
        __atomic_store_n(&report->words, words, __ATOMIC_RELAXED);
}
