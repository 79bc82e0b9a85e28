/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pthread_once, call_once: the one that ran the routine -> all that return afterwards. */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 'o' };
enum { RETURNED = 1 };

#ifdef IG_PRELOAD
enum { DONE = 2 }; /* what glibc stores in the control word at the end */

/* Whoever found it undone may have run it. The routine is the program's: its accesses count. */
static long wrap_once(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    long may_have_run = *(const volatile int *)a != DONE;
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, RETURNED, a, may_have_run, 0);
    return result;
}

IG_WRAP(pthreadZuonce, wrap_once)
IG_WRAP(callZuonce, wrap_once)
#else
static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    struct ig_key key = ig_key_at(tid, IG_SYNC_ONCE, args[0]);
    if (op == RETURNED) {
        ig_acquire(tid, &key);
        if (args[1])
            ig_release(tid, &key);
    }
    return 0;
}

static const struct ig_edge once = {.name = "once", .letter = LETTER, .request = request};
IG_EDGE(once);
#endif
