/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pthread_once, call_once: the end of the routine -> all that return afterwards. */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 'o' };
enum { BEGIN = 1, ROUTINE, RAN, RETURNED };

#ifdef IG_PRELOAD
/* Runs in place of the program's routine, to tell of its end before anybody can see it. */
static void run_and_tell(void)
{
    void (*routine)(void) = (void (*)(void))(long)IG_ASK(LETTER, ROUTINE, 0, 0, 0);
    if (routine)
        routine();
    IG_ASK(LETTER, RAN, 0, 0, 0);
}

/* The routine is the program's: its accesses count, so nothing is ignored here. */
static long wrap_once(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    long depth = (long)IG_ASK(LETTER, BEGIN, a, b, 0);
    CALL_FN_W_WWWW(result, fn, a, depth ? (long)run_and_tell : b, c, d);
    IG_ASK(LETTER, RETURNED, a, depth, 0);
    return result;
}

IG_WRAP(pthread_once, wrap_once)
IG_WRAP(call_once, wrap_once)
#else
#include "pub_tool_mallocfree.h"
#include "pub_tool_threadstate.h" // VG_N_THREADS

/* The calls that a thread is in, one inside the routine of another. */
enum { DEEPEST = 8 };
static struct nest {
    UInt depth;
    struct {
        Addr control;
        UWord routine;
    } call[DEEPEST];
} * nests;

static UWord begin(struct nest *nest, Addr control, UWord routine)
{
    if (nest->depth == DEEPEST)
        return 0;
    nest->call[nest->depth].control = control;
    nest->call[nest->depth].routine = routine;
    return ++nest->depth;
}

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (!nests)
        nests = VG_(calloc)("ig.once", VG_N_THREADS, sizeof(*nests));
    struct nest *nest = &nests[tid];
    UInt top = nest->depth ? nest->depth - 1 : 0;
    struct ig_key key = ig_key_at(tid, IG_SYNC_ONCE, op == RAN ? nest->call[top].control : args[0]);
    switch (op) {
    case BEGIN:
        return begin(nest, args[0], args[1]);
    case ROUTINE:
        return nest->call[top].routine;
    case RAN:
        ig_release(tid, &key);
        break;
    case RETURNED:
        if (args[1])
            nest->depth = (UInt)args[1] - 1; /* also past routines that were left by a jump */
        ig_acquire(tid, &key);
        break;
    default:
        break;
    }
    return 0;
}

static const struct ig_edge once = {.name = "once", .letter = LETTER, .request = request};
IG_EDGE(once);
#endif
