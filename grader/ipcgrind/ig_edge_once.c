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
#include "ig_clock.h"
#include "ig_edge_impl.h"
#include "ig_session.h"
#include "ig_task.h"

/* glibc says "done" before the wrapper of the one that ran the routine can: who returns in between
 * joins all threads of the process, one of which it was. */
static void acquire_unsaid(ThreadId tid, const struct ig_key *key)
{
    struct ig_task *me = ig_me(tid);
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    Bool said = sync->vc != 0;
    ig_sync_leave(tid, sync);
    for (UInt id = 0; !said && id < ig_task_count(); id++)
        if (ig_head->task[id] && ig_task_at(id) != me && ig_task_at(id)->pid == me->pid)
            ig_vc_join(&me->vc, ig_task_at(id)->vc);
}

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    struct ig_key key = ig_key_at(tid, IG_SYNC_ONCE, args[0]);
    if (op == RETURNED) {
        acquire_unsaid(tid, &key);
        ig_acquire(tid, &key);
        if (args[1])
            ig_release(tid, &key);
    }
    return 0;
}

static const struct ig_edge once = {.name = "once", .letter = LETTER, .request = request};
IG_EDGE(once);
#endif
