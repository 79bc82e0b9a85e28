/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read-write locks: a writer's unlock -> every later lock; a reader's unlock -> a later writer's
 * lock. Readers do not order each other. */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 'r' };
enum { QUIET = 1, RESET, READ, WRITE, UNLOCK, DESTROY };

#ifdef IG_PRELOAD
/* The eighth word tells whether it may be used by several processes. */
static long shared(long lock)
{
    return ((const volatile unsigned *)lock)[7] != 0;
}

static long wrap_init(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, QUIET | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, RESET | IG_LEAVE, (int)result == 0 ? a : 0, 0, 0);
    return result;
}

static long wrap_destroy(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, DESTROY | IG_ENTER, a, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, QUIET | IG_LEAVE, 0, 0, 0);
    return result;
}

static long wrap_read(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, QUIET | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, READ | IG_LEAVE, (int)result == 0 ? a : 0, shared(a), 0);
    return result;
}

static long wrap_write(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, QUIET | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, WRITE | IG_LEAVE, (int)result == 0 ? a : 0, shared(a), 0);
    return result;
}

static long wrap_unlock(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, UNLOCK | IG_ENTER, a, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, QUIET | IG_LEAVE, 0, 0, 0);
    return result;
}

IG_WRAP(pthread_rwlock_init, wrap_init)
IG_WRAP(pthread_rwlock_destroy, wrap_destroy)
IG_WRAP(pthread_rwlock_rdlock, wrap_read)
IG_WRAP(pthread_rwlock_tryrdlock, wrap_read)
IG_WRAP(pthread_rwlock_timedrdlock, wrap_read)
IG_WRAP(pthread_rwlock_clockrdlock, wrap_read)
IG_WRAP(pthread_rwlock_wrlock, wrap_write)
IG_WRAP(pthread_rwlock_trywrlock, wrap_write)
IG_WRAP(pthread_rwlock_timedwrlock, wrap_write)
IG_WRAP(pthread_rwlock_clockwrlock, wrap_write)
IG_WRAP(pthread_rwlock_unlock, wrap_unlock)
#else
#include "ig_misuse.h"
#include "ig_task.h"

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (!args[0])
        return 0;
    struct ig_key writers = ig_key_at(tid, IG_SYNC_RWLOCK, args[0]);
    struct ig_key readers = ig_key_at(tid, IG_SYNC_READERS, args[0]);
    switch (op) {
    case DESTROY:
        ig_unmade(tid, &writers, args[0], "pthread_rwlock_destroy", True);
        ig_sync_reset(tid, &writers);
        ig_sync_reset(tid, &readers);
        break;
    case RESET:
        ig_made(tid, &writers, args[0], "pthread_rwlock_init");
        ig_sync_reset(tid, &writers);
        ig_sync_reset(tid, &readers);
        break;
    case READ:
        ig_used(tid, &writers, args[0], "pthread_rwlock_rdlock", args[1] != 0);
        ig_acquire(tid, &writers);
        break;
    case WRITE:
        ig_used(tid, &writers, args[0], "pthread_rwlock_wrlock", args[1] != 0);
        ig_acquire(tid, &readers);
        ig_acquire_hold(tid, &writers);
        break;
    case UNLOCK:
        if (ig_holder(tid, &writers) == ig_me(tid))
            ig_release_hold(tid, &writers);
        else
            ig_release(tid, &readers);
        break;
    default:
        break;
    }
    return 0;
}

static const struct ig_edge rwlock = {.name = "rwlock", .letter = LETTER, .request = request};
IG_EDGE(rwlock);
#endif
