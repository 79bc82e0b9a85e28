/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pthread and C11 mutexes, process-shared and robust too: unlock -> lock. A condition variable
 * orders by its mutex alone: a wait gives it back and takes it again. */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 'm' };
enum { INIT = 1, LOCK, LOCKED, UNLOCK, UNLOCKED };
enum { BUSY_OR_WORSE = 0, TAKEN = 1, TAKEN_FROM_DEAD = 2 };

#ifdef IG_PRELOAD
static long outcome(long result)
{
    if ((int)result == 0)
        return TAKEN;
    return (int)result == EOWNERDEAD ? TAKEN_FROM_DEAD : BUSY_OR_WORSE;
}

static long wrap_init(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, LOCK | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, INIT | IG_LEAVE, a, 0, 0);
    return result;
}

static long wrap_lock(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, LOCK | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, LOCKED | IG_LEAVE, a, outcome(result), 0);
    return result;
}

static long wrap_unlock(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, UNLOCK | IG_ENTER, a, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, UNLOCKED | IG_LEAVE, a, 0, 0);
    return result;
}

/* @b is the mutex; a wait that times out holds it again, too. */
static long wrap_cond_wait(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, UNLOCK | IG_ENTER, b, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, LOCKED | IG_LEAVE, b, (int)result == EOWNERDEAD ? TAKEN_FROM_DEAD : TAKEN, 0);
    return result;
}

/* A wake-up orders nothing by itself. */
static long wrap_quiet(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, LOCK | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, UNLOCKED | IG_LEAVE, 0, 0, 0);
    return result;
}

IG_WRAP(pthreadZumutexZuinit, wrap_init)
IG_WRAP(pthreadZumutexZulock, wrap_lock)
IG_WRAP(pthreadZumutexZutrylock, wrap_lock)
IG_WRAP(pthreadZumutexZutimedlock, wrap_lock)
IG_WRAP(pthreadZumutexZuclocklock, wrap_lock)
IG_WRAP(pthreadZumutexZuunlock, wrap_unlock)
IG_WRAP(pthreadZumutexZuconsistent, wrap_quiet)
IG_WRAP(pthreadZumutexZudestroy, wrap_quiet)
IG_WRAP(mtxZuinit, wrap_init)
IG_WRAP(mtxZulock, wrap_lock)
IG_WRAP(mtxZutrylock, wrap_lock)
IG_WRAP(mtxZutimedlock, wrap_lock)
IG_WRAP(mtxZuunlock, wrap_unlock)
IG_WRAP(pthreadZucondZuinit, wrap_quiet)
IG_WRAP(pthreadZucondZusignal, wrap_quiet)
IG_WRAP(pthreadZucondZubroadcast, wrap_quiet)
IG_WRAP(pthreadZucondZudestroy, wrap_quiet)
IG_WRAP(pthreadZucondZuwait, wrap_cond_wait)
IG_WRAP(pthreadZucondZutimedwait, wrap_cond_wait)
IG_WRAP(pthreadZucondZuclockwait, wrap_cond_wait)
#else
#include "ig_lock.h"
#include "ig_session.h"
#include "ig_task.h"

/* The dead holder never released: what it did before its end is ordered by that end. */
static void take_from_dead(ThreadId tid, const struct ig_key *key)
{
    const struct ig_task *holder = ig_holder(tid, key);
    if (holder && ig_task_life(holder->id) == IG_DEAD)
        ig_acquire_task(tid, holder);
}

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (!args[0])
        return 0;
    struct ig_key key = ig_key_at(tid, IG_SYNC_MUTEX, args[0]);
    switch (op) {
    case INIT:
        ig_sync_reset(tid, &key);
        break;
    case LOCKED:
        if (args[1] == TAKEN_FROM_DEAD)
            take_from_dead(tid, &key);
        if (args[1])
            ig_acquire_hold(tid, &key);
        break;
    case UNLOCK:
        ig_release_hold(tid, &key);
        break;
    default:
        break;
    }
    return 0;
}

static const struct ig_edge mutex = {.name = "mutex", .letter = LETTER, .request = request};
IG_EDGE(mutex);
#endif
