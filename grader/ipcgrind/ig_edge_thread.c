/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pthread_create -> thread; its end -> pthread_join. */
#include "ig_edge.h"
#include "ig_request.h"

enum { LETTER = 't' };
enum { JOIN = 1, JOINED, CREATE, CREATED };

#ifdef IG_PRELOAD
static long wrap_join(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, JOIN | IG_ENTER, a, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, JOINED | IG_LEAVE, a, (int)result == 0, 0);
    return result;
}
/* The new thread is seen by the core; here only libc's own locks are kept from ordering threads
 * that did nothing for it. */
static long wrap_create(OrigFn fn, long a, long b, long c, long d)
{
    long result;
    IG_ASK(LETTER, CREATE | IG_ENTER, 0, 0, 0);
    CALL_FN_W_WWWW(result, fn, a, b, c, d);
    IG_ASK(LETTER, CREATED | IG_LEAVE, 0, 0, 0);
    return result;
}

IG_WRAP(pthread_create, wrap_create)
IG_WRAP(pthread_join, wrap_join)
IG_WRAP(pthread_tryjoin_np, wrap_join)
IG_WRAP(pthread_timedjoin_np, wrap_join)
IG_WRAP(pthread_clockjoin_np, wrap_join)
IG_WRAP(thrd_join, wrap_join)
#else
#include "ig_session.h"
#include "ig_task.h"
#include "ig_thread.h"
#include "ig_trace.h"
#include "libvex_guest_amd64.h" // VexGuestAMD64State
#include "pub_tool_libcproc.h"
#include "pub_tool_machine.h"     // VG_(get_shadow_regs_area)()
#include "pub_tool_threadstate.h" // VG_INVALID_THREADID
#include "pub_tool_tooliface.h"

static Bool many;

Bool ig_thread_many(void)
{
    return many;
}

void ig_thread_forked(void)
{
    many = False;
}

/* pthread_self(): on amd64 the thread pointer. */
static ULong self(ThreadId tid)
{
    ULong fs = 0;
    VG_(get_shadow_regs_area)
    (tid, (UChar *)&fs, 0, __builtin_offsetof(VexGuestAMD64State, guest_FS_CONST), sizeof(fs));
    return fs;
}

static void before_create(ThreadId tid, ThreadId child)
{
    if (tid == VG_INVALID_THREADID || !ig_me(tid))
        return;
    many = True;
    ig_me(tid)->pthread = self(tid);
    ig_task_thread(child, ig_task_new(tid));
}

static void first_instruction(ThreadId tid)
{
    struct ig_task *me = ig_me(tid);
    if (me && me->state == IG_TASK_NEW) {
        me->pthread = self(tid);
        ig_task_identify(me);
        ig_trace_task(me, "thread", ig_task_at(me->parent - 1));
    }
}

static void at_exit(ThreadId tid)
{
    if (ig_me(tid))
        ig_task_end(tid);
}

void ig_thread_init(void)
{
    VG_(track_pre_thread_ll_create)(before_create);
    VG_(track_pre_thread_first_insn)(first_instruction);
    VG_(track_pre_thread_ll_exit)(at_exit);
}

/* A pthread_t is used again, so all ended threads of that name are joined that were not before. */
static void join(ThreadId tid, ULong pthread)
{
    Int pid = ig_me(tid)->pid;
    for (UInt id = 0; id < ig_task_count(); id++) {
        if (!ig_head->task[id])
            continue;
        struct ig_task *task = ig_task_at(id);
        if (task->pid != pid || task->pthread != pthread || task->state != IG_TASK_ENDED)
            continue;
        ig_acquire_task(tid, task);
        task->pthread = 0;
    }
}

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    if (op == JOINED && args[1])
        join(tid, args[0]);
    return 0;
}

static const struct ig_edge thread = {.name = "thread", .letter = LETTER, .request = request};
IG_EDGE(thread);
#endif
