/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pthread and C11 mutexes, process-shared and robust too: unlock -> lock. A condition variable
 * orders by its mutex alone: a wait gives it back and takes it again. */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 'm' };
enum { INIT = 1, LOCK, LOCKED, UNLOCK, UNLOCKED, DESTROY };
enum { COND_WAIT = 10, COND_WAITED, COND_WAKE, COND_INIT, COND_DESTROY };
enum { BUSY_OR_WORSE = 0, TAKEN = 1, TAKEN_FROM_DEAD = 2 };

#ifdef IG_PRELOAD
static long outcome(long result)
{
    if ((int)result == 0)
        return TAKEN;
    return (int)result == EOWNERDEAD ? TAKEN_FROM_DEAD : BUSY_OR_WORSE;
}

/* What glibc for amd64 keeps in the fifth word of a mutex and the tenth of a condition. */
static long mutex_shared(long mutex)
{
    return (((const volatile unsigned *)mutex)[4] & 0x80) != 0;
}
static long cond_shared(long cond)
{
    return (((const volatile unsigned *)cond)[9] & 1) != 0;
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
    IG_ASK(LETTER, LOCK | IG_ENTER, a, mutex_shared(a), 0);
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
    IG_ASK(LETTER, COND_WAIT | IG_ENTER, b, a, cond_shared(a));
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, COND_WAITED | IG_LEAVE, b, (int)result == EOWNERDEAD ? TAKEN_FROM_DEAD : TAKEN,
           0);
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

static long wrap_wake(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, COND_WAKE | IG_ENTER, a, cond_shared(a), 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, UNLOCKED | IG_LEAVE, 0, 0, 0);
    return result;
}

static long wrap_cond_init(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, UNLOCKED | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, COND_INIT | IG_LEAVE, a, 0, 0);
    return result;
}

static long wrap_cond_destroy(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, COND_DESTROY | IG_ENTER, a, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, UNLOCKED | IG_LEAVE, 0, 0, 0);
    return result;
}

static long wrap_destroy(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, DESTROY | IG_ENTER, a, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, UNLOCKED | IG_LEAVE, 0, 0, 0);
    return result;
}

IG_WRAP(pthread_mutex_init, wrap_init)
IG_WRAP(pthread_mutex_lock, wrap_lock)
IG_WRAP(pthread_mutex_trylock, wrap_lock)
IG_WRAP(pthread_mutex_timedlock, wrap_lock)
IG_WRAP(pthread_mutex_clocklock, wrap_lock)
IG_WRAP(pthread_mutex_unlock, wrap_unlock)
IG_WRAP(pthread_mutex_consistent, wrap_quiet)
IG_WRAP(pthread_mutex_destroy, wrap_destroy)
IG_WRAP(mtx_init, wrap_init)
IG_WRAP(mtx_lock, wrap_lock)
IG_WRAP(mtx_trylock, wrap_lock)
IG_WRAP(mtx_timedlock, wrap_lock)
IG_WRAP(mtx_unlock, wrap_unlock)
IG_WRAP(pthread_cond_init, wrap_cond_init)
IG_WRAP(pthread_cond_signal, wrap_wake)
IG_WRAP(pthread_cond_broadcast, wrap_wake)
IG_WRAP(pthread_cond_destroy, wrap_cond_destroy)
IG_WRAP(pthread_cond_wait, wrap_cond_wait)
IG_WRAP(pthread_cond_timedwait, wrap_cond_wait)
IG_WRAP(pthread_cond_clockwait, wrap_cond_wait)
IG_WRAP(cnd_init, wrap_cond_init)
IG_WRAP(cnd_signal, wrap_wake)
IG_WRAP(cnd_broadcast, wrap_wake)
IG_WRAP(cnd_destroy, wrap_cond_destroy)
IG_WRAP(cnd_wait, wrap_cond_wait)
IG_WRAP(cnd_timedwait, wrap_cond_wait)
IG_WRAP(mtx_destroy, wrap_destroy)
#else
#include "ig_lock.h"
#include "ig_misuse.h"
#include "ig_session.h"
#include "ig_task.h"

/* The dead holder never released: what it did before its end is ordered by that end. */
static void take_from_dead(ThreadId tid, const struct ig_key *key)
{
    const struct ig_task *holder = ig_holder(tid, key);
    if (holder && ig_task_life(holder->id) == IG_DEAD)
        ig_acquire_task(tid, holder);
}

/* A condition orders nothing, so all that is kept of it is how it is used. */
static void condition(ThreadId tid, UInt op, const UWord *args)
{
    Addr a = op == COND_WAIT ? args[1] : args[0];
    struct ig_key key = ig_key_at(tid, IG_SYNC_COND, a);
    switch (op) {
    case COND_INIT:
        ig_made(tid, &key, a, "pthread_cond_init");
        break;
    case COND_WAIT:
        ig_used(tid, &key, a, "pthread_cond_wait", args[2] != 0);
        ig_waiting(tid, &key);
        break;
    case COND_WAKE:
        ig_used(tid, &key, a, "pthread_cond_signal", args[1] != 0);
        ig_waiters_woken(tid, &key);
        break;
    case COND_DESTROY:
        ig_unmade(tid, &key, a, "pthread_cond_destroy", False);
        break;
    default:
        break;
    }
}

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (!args[0])
        return 0;
    struct ig_key key = ig_key_at(tid, IG_SYNC_MUTEX, args[0]);
    if (op >= COND_WAIT)
        condition(tid, op, args);
    switch (op) {
    case INIT:
        ig_made(tid, &key, args[0], "pthread_mutex_init");
        ig_sync_reset(tid, &key);
        break;
    case LOCK:
        ig_used(tid, &key, args[0], "pthread_mutex_lock", args[1] != 0);
        break;
    case DESTROY:
        ig_unmade(tid, &key, args[0], "pthread_mutex_destroy", True);
        break;
    case COND_WAITED:
    case LOCKED:
        ig_waited(tid);
        if (args[1] == TAKEN_FROM_DEAD)
            take_from_dead(tid, &key);
        if (args[1])
            ig_acquire_hold(tid, &key);
        break;
    case COND_WAIT:
        ig_must_hold(tid, &key, args[0], IG_NO_MUTEX, "pthread_cond_wait");
        ig_release_hold(tid, &key);
        break;
    case UNLOCK:
        ig_must_hold(tid, &key, args[0], IG_NOT_OWNER, "pthread_mutex_unlock");
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
