/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spin locks: unlock -> lock, trylock. */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 'l' };
enum { QUIET = 1, LOCKED, UNLOCK, RESET };

#ifdef IG_PRELOAD
/* The loop of glibc jumps back to the function's first instruction, and so into the wrapper once
 * more: LOCKED may be asked several times for one lock. */
static long wrap_lock(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, QUIET | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, LOCKED | IG_LEAVE, (int)result == 0 ? a : 0, 0, 0);
    return result;
}

/* In glibc for amd64 init and unlock are one function: both store 1. */
static long wrap_unlock_or_init(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, UNLOCK | IG_ENTER, a, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, QUIET | IG_LEAVE, 0, 0, 0);
    return result;
}

static long wrap_destroy(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, RESET | IG_ENTER, a, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, QUIET | IG_LEAVE, 0, 0, 0);
    return result;
}

IG_WRAP(pthread_spin_init, wrap_unlock_or_init)
IG_WRAP(pthread_spin_unlock, wrap_unlock_or_init)
IG_WRAP(pthread_spin_lock, wrap_lock)
IG_WRAP(pthread_spin_trylock, wrap_lock)
IG_WRAP(pthread_spin_destroy, wrap_destroy)
#else
static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (!args[0])
        return 0;
    struct ig_key key = ig_key_at(tid, IG_SYNC_SPIN, args[0]);
    if (op == LOCKED)
        ig_acquire_hold(tid, &key);
    else if (op == UNLOCK)
        ig_release_hold(tid, &key);
    else if (op == RESET)
        ig_sync_reset(tid, &key);
    return 0;
}

static const struct ig_edge spin = {.name = "spin", .letter = LETTER, .request = request};
IG_EDGE(spin);
#endif
