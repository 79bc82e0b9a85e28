/* SPDX-License-Identifier: GPL-2.0-or-later */
/* POSIX semaphores, named and unnamed: sem_post -> sem_wait, sem_trywait, sem_timedwait. */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 's' };
enum { INIT = 1, SEEN, POST, POSTED, WAIT, WAITED, DESTROY };

#ifdef IG_PRELOAD
/* The first half of a sem_t is its value, as glibc lays it out on 64-bit machines. */
static long value_of(long sem)
{
    return (long)(*(const volatile unsigned *)sem & 0x7fffffffu);
}

/* The third word tells whether it may be used by several processes. */
static long shared(long sem)
{
    return ((const volatile unsigned *)sem)[2] != 0;
}

static long wrap_init(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, SEEN | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    if ((int)result == 0)
        IG_ASK(LETTER, INIT, a, (unsigned)c, 0);
    IG_ASK(LETTER, SEEN | IG_LEAVE, 0, 0, 0);
    return result;
}

static long wrap_open(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, SEEN | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    if (result)
        IG_ASK(LETTER, SEEN, result, value_of(result), 0);
    IG_ASK(LETTER, SEEN | IG_LEAVE, 0, 0, 0);
    return result;
}

static long wrap_post(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, POST | IG_ENTER, a, value_of(a), shared(a));
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, POSTED | IG_LEAVE, a, (int)result == 0, 0);
    return result;
}

static long wrap_wait(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, WAIT | IG_ENTER, a, value_of(a), shared(a));
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, WAITED | IG_LEAVE, a, (int)result == 0, 0);
    return result;
}

static long wrap_destroy(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, DESTROY | IG_ENTER, a, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, SEEN | IG_LEAVE, 0, 0, 0);
    return result;
}

IG_WRAP(sem_destroy, wrap_destroy)
IG_WRAP(sem_init, wrap_init)
IG_WRAP(sem_open, wrap_open)
IG_WRAP(sem_post, wrap_post)
IG_WRAP(sem_wait, wrap_wait)
IG_WRAP(sem_trywait, wrap_wait)
IG_WRAP(sem_timedwait, wrap_wait)
IG_WRAP(sem_clockwait, wrap_wait)
#else
#include "ig_misuse.h"

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (!args[0])
        return 0;
    struct ig_key key = ig_key_at(tid, IG_SYNC_SEM, args[0]);
    switch (op) {
    case INIT:
        ig_made(tid, &key, args[0], "sem_init");
        ig_queue_start(tid, &key, (UInt)args[1], True);
        break;
    case SEEN:
        ig_queue_start(tid, &key, (UInt)args[1], False);
        break;
    case WAIT:
        ig_used(tid, &key, args[0], "sem_wait", args[2] != 0);
        ig_waiting(tid, &key);
        ig_queue_start(tid, &key, (UInt)args[1], False);
        ig_queue_want(tid, &key);
        break;
    case POST:
        ig_used(tid, &key, args[0], "sem_post", args[2] != 0);
        ig_queue_start(tid, &key, (UInt)args[1], False);
        ig_queue_put(tid, &key, 0, 1);
        break;
    case POSTED:
        ig_queue_done(tid, &key, 0, 1, args[1] != 0);
        break;
    case DESTROY:
        ig_unmade(tid, &key, args[0], "sem_destroy", False);
        break;
    case WAITED:
        ig_waited(tid);
        ig_queue_take(tid, &key, 0, args[1] != 0);
        break;
    default:
        break;
    }
    return 0;
}

static const struct ig_edge sem = {.name = "sem", .letter = LETTER, .request = request};
IG_EDGE(sem);
#endif
