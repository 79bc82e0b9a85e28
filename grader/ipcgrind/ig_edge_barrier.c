/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pthread barriers: arriving in a round -> leaving it. What is done after the round is seen by the
 * next one only. */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 'b' };
enum { QUIET = 1, RESET, ARRIVE, LEFT, DESTROY };

#ifdef IG_PRELOAD
/* The third and the fourth word of a pthread_barrier_t, as glibc lays it out: how many must come,
 * and whether they may be of several processes. */
static long count_of(long barrier)
{
    return (long)((const volatile unsigned *)barrier)[2];
}

static long wrap_init(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, QUIET | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, RESET | IG_LEAVE, (int)result == 0 ? a : 0, 0, 0);
    return result;
}

static long wrap_wait(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    long round = (long)IG_ASK(LETTER, ARRIVE | IG_ENTER, a, count_of(a),
                              ((const volatile unsigned *)a)[3] != 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, LEFT | IG_LEAVE, a, round, 0);
    return result;
}

static long wrap_destroy(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, DESTROY | IG_ENTER, a, count_of(a), 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, QUIET | IG_LEAVE, 0, 0, 0);
    return result;
}

IG_WRAP(pthread_barrier_init, wrap_init)
IG_WRAP(pthread_barrier_wait, wrap_wait)
IG_WRAP(pthread_barrier_destroy, wrap_destroy)
#else
#include "ig_misuse.h"

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (!args[0])
        return 0;
    struct ig_key key = ig_key_at(tid, IG_SYNC_BARRIER, args[0]);
    switch (op) {
    case DESTROY:
        ig_unmade(tid, &key, args[0], "pthread_barrier_destroy",
                  ig_round_complete(tid, &key, (UInt)args[1]));
        ig_sync_reset(tid, &key);
        break;
    case RESET:
        ig_made(tid, &key, args[0], "pthread_barrier_init");
        ig_sync_reset(tid, &key);
        break;
    case ARRIVE:
        ig_used(tid, &key, args[0], "pthread_barrier_wait", args[2] != 0);
        ig_waiting(tid, &key);
        return ig_round_arrive(tid, &key, (UInt)args[1]);
    case LEFT:
        ig_waited(tid);
        ig_round_leave(tid, &key, args[1]);
        break;
    default:
        break;
    }
    return 0;
}

static const struct ig_edge barrier = {.name = "barrier", .letter = LETTER, .request = request};
IG_EDGE(barrier);
#endif
