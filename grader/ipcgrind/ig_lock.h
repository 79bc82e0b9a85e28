/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_LOCK_H
#define IG_LOCK_H

/**
 * A lock in the session that outlives its holder.
 *
 * Any traced process may be killed or stopped at any instruction, also while it holds a lock. So a
 * waiter that spins too long looks at the holder in /proc: from a dead one it takes the lock over,
 * for a stopped one it does not wait. No wait is longer than about two seconds.
 */
#include "ig_layout.h"
#include "pub_tool_basics.h"

enum ig_locked {
    IG_NOT_LOCKED, /* the holder is stopped or does not move: leave it, the view is partial */
    IG_LOCKED,
    IG_LOCKED_STOLEN, /* the holder died inside: what the lock guards may be half written */
};

/* Lock for task @me. */
enum ig_locked ig_lock(struct ig_lock *lock, UInt me);
void ig_unlock(struct ig_lock *lock, UInt me);

enum ig_life { IG_DEAD, IG_STOPPED, IG_ALIVE };

/* What the kernel says of task @id now. */
enum ig_life ig_task_life(UInt id);

/* When the thread @tid of @pid was started; *@state gets its letter. 0 when there is none. */
ULong ig_thread_start(Int pid, Int tid, HChar *state);

#endif
