/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The futex call made by the program itself: WAKE -> a WAIT that it may have ended. A WAIT that
 * finds another value (EAGAIN) only reads. Waiters that REQUEUE moves to another word are woken
 * there. What libc does inside its own functions is theirs. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_access.h"
#include "ig_edge_impl.h"
#include "ig_session.h"
#include "pub_tool_vkiscnums.h" // __NR_futex

enum {
    COMMAND_MASK = 0x7f,
    WAIT = 0,
    WAKE = 1,
    REQUEUE = 3,
    CMP_REQUEUE = 4,
    WAKE_OP = 5,
    LOCK_PI = 6,
    UNLOCK_PI = 7,
    TRYLOCK_PI = 8,
    WAIT_BITSET = 9,
    WAKE_BITSET = 10,
    WAIT_REQUEUE_PI = 11,
    CMP_REQUEUE_PI = 12,
    MOST_HOPS = 4,
    WAITS = 1 << WAIT | 1 << WAIT_BITSET | 1 << LOCK_PI | 1 << TRYLOCK_PI,
};

static Bool waits(UWord op)
{
    return (WAITS >> (op & COMMAND_MASK) & 1) != 0;
}

static void wake(ThreadId tid, Addr a)
{
    struct ig_key key = ig_key_at(tid, IG_SYNC_FUTEX, a);
    ig_wake(tid, &key);
}

/* From now on who waits at @from may be woken at @to. A word whose waiters go to several others is
 * more than we follow. */
static void moved(ThreadId tid, const struct ig_key *from, Addr to)
{
    struct ig_key key = *from;
    struct ig_key other = ig_key_at(tid, IG_SYNC_FUTEX, to);
    key.kind = IG_SYNC_MOVED;
    struct ig_sync *sync = ig_sync_enter(tid, &key);
    if (!sync)
        return;
    if (sync->known &&
        (sync->owner != other.extra || sync->written != other.a || sync->taken != other.b))
        ig_session_partial(IG_PARTIAL_CALL);
    sync->known = 1;
    sync->owner = other.extra;
    sync->written = other.a;
    sync->taken = other.b;
    ig_sync_leave(tid, sync);
}

/* All that was woken where the waiters of @from were moved, and on from there. */
static void follow(ThreadId tid, const struct ig_key *from)
{
    struct ig_key key = *from;
    for (UInt hops = 0; hops < MOST_HOPS; hops++) {
        key.kind = IG_SYNC_MOVED;
        struct ig_sync *sync = ig_sync_enter(tid, &key);
        if (!sync)
            return;
        UInt known = sync->known;
        key = ig_key_of(IG_SYNC_FUTEX, sync->written, sync->taken);
        key.extra = sync->owner;
        ig_sync_leave(tid, sync);
        if (!known)
            return;
        ig_acquire(tid, &key);
    }
}

static void before_futex(ThreadId tid, UWord *args)
{
    if (ig_ignored(tid))
        return;
    struct ig_key key = ig_key_at(tid, IG_SYNC_FUTEX, args[0]);
    switch (args[1] & COMMAND_MASK) {
    case REQUEUE:
    case CMP_REQUEUE:
        moved(tid, &key, args[4]);
        wake(tid, args[0]);
        break;
    case CMP_REQUEUE_PI:
    case WAIT_REQUEUE_PI:
        ig_session_partial(IG_PARTIAL_CALL);
        break;
    case WAKE_OP:
        wake(tid, args[4]);
        wake(tid, args[0]);
        break;
    case WAKE:
    case WAKE_BITSET:
        wake(tid, args[0]);
        break;
    case UNLOCK_PI:
        ig_release(tid, &key);
        break;
    default:
        if (waits(args[1]))
            ig_queue_want(tid, &key);
        break;
    }
}

static void after_futex(ThreadId tid, UWord *args, SysRes res)
{
    ig_access_drop(); /* the core says that every futex call writes the word */
    if (ig_ignored(tid))
        return;
    struct ig_key key = ig_key_at(tid, IG_SYNC_FUTEX, args[0]);
    UWord op = args[1] & COMMAND_MASK;
    if (op == WAKE_OP) {
        struct ig_key other = ig_key_at(tid, IG_SYNC_FUTEX, args[4]);
        ig_wake_done(tid, &other);
    }
    if (op == WAKE || op == WAKE_BITSET || op == WAKE_OP || op == REQUEUE || op == CMP_REQUEUE)
        ig_wake_done(tid, &key);
    if (!waits(op))
        return;
    ig_woken(tid, &key, !sr_isError(res));
    if (!sr_isError(res))
        follow(tid, &key);
    if (!sr_isError(res) && (op == LOCK_PI || op == TRYLOCK_PI))
        ig_acquire(tid, &key);
}

static const struct ig_call calls[] = {
    {.number = __NR_futex, .pre = before_futex, .post = after_futex},
    {.number = 0},
};
static const struct ig_edge futex = {.name = "futex", .calls = calls};
IG_EDGE(futex);
#endif
