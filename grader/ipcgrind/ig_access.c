/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an access of the program, or of the kernel for it, to the shadow. */
#include "ig_access.h"

#include "ig_atomic.h"
#include "ig_edge.h"
#include "ig_object.h"
#include "ig_sched.h"
#include "ig_session.h"
#include "ig_shadow.h"
#include "ig_stack.h"
#include "ig_syscall.h"
#include "ig_task.h"
#include "ig_thread.h"
#include "pub_tool_libcbase.h" // VG_(strlen)()
#include "pub_tool_machine.h"  // VG_(get_SP)()
#include "pub_tool_threadstate.h"
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_rt_sigsuspend

enum { MOST_WRITTEN = 64, HANDLERS = 8 };

static struct {
    ThreadId tid;
    Addr a;
    SizeT size;
} written[MOST_WRITTEN];
static UInt written_count;

/* A jump out of the function (longjmp, cancellation) ends the ignoring, too. */
Bool ig_ignored(ThreadId tid)
{
    struct ig_thread *thread = ig_thread(tid);
    if (!thread || !thread->ignore)
        return False;
    if (VG_(get_SP)(tid) > thread->ignore_sp)
        thread->ignore = 0;
    return thread->ignore != 0;
}

void ig_ignore_enter(ThreadId tid)
{
    struct ig_thread *thread = ig_thread(tid);
    if (!thread)
        return;
    if (!ig_ignored(tid))
        thread->ignore_sp = VG_(get_SP)(tid);
    thread->ignore++;
}

void ig_ignore_leave(ThreadId tid)
{
    struct ig_thread *thread = ig_thread(tid);
    if (thread && thread->ignore)
        thread->ignore--;
}

void ig_pre_signal(ThreadId tid, Int signal, Bool alt_stack)
{
    struct ig_thread *thread = ig_thread(tid);
    if (!thread)
        return;
    thread->clock_before = 0;
    ig_calls++;
    ig_signal(tid, signal);
    if (thread->handlers < HANDLERS) {
        thread->saved_ignore[thread->handlers] = thread->ignore;
        thread->saved_sp[thread->handlers] = thread->ignore_sp;
    }
    if (!thread->handlers) {
        thread->handler_sp = VG_(get_SP)(tid);
        thread->handler_calm = alt_stack || thread->last_call == __NR_rt_sigsuspend ||
                               thread->last_call == __NR_ppoll ||
                               thread->last_call == __NR_pselect6;
    }
    thread->handlers++;
    thread->ignore = 0;
}

void ig_post_signal(ThreadId tid, Int signal)
{
    struct ig_thread *thread = ig_thread(tid);
    ig_calls++;
    if (!thread || !thread->handlers)
        return;
    thread->handlers--;
    if (thread->handlers < HANDLERS) {
        thread->ignore = thread->saved_ignore[thread->handlers];
        thread->ignore_sp = thread->saved_sp[thread->handlers];
    }
}

static inline void touch(Addr a, SizeT size, UInt how)
{
    ThreadId tid = VG_(get_running_tid)();
    struct ig_thread *thread = ig_thread(tid);
    if (!thread || !thread->task)
        return;
    if (ig_head->seed && thread->steps < IG_SCHED_POINTS)
        ig_sched_point(tid);
    if (!ig_shadow_seen(thread->task, a, size, how | ig_atomic_visible) && !ig_ignored(tid))
        ig_shadow_access(tid, a, size, how);
}

VG_REGPARM(2) void ig_load(Addr a, SizeT size)
{
    touch(a, size, 0);
}

VG_REGPARM(2) void ig_store(Addr a, SizeT size)
{
    touch(a, size, IG_WRITE);
}

/* Does a locked operation on @a order anything between tasks? */
static Bool orders(ThreadId tid, Addr a)
{
    return (ig_thread_many() || ig_map_at(a)) && !ig_ignored(tid);
}

VG_REGPARM(2) void ig_atomic_before(Addr a, SizeT size)
{
    ThreadId tid = VG_(get_running_tid)();
    if (!orders(tid, a))
        return;
    struct ig_key key = ig_key_at(tid, IG_SYNC_ATOMIC, a & ~(Addr)7);
    ig_acquire(tid, &key);
    if (ig_may_be_shared(a))
        ig_shadow_access(tid, a, size, IG_WRITE | IG_ATOMIC);
    ig_release(tid, &key);
}

VG_REGPARM(2) void ig_atomic_after(Addr a, SizeT size)
{
    ThreadId tid = VG_(get_running_tid)();
    if (!orders(tid, a))
        return;
    struct ig_key key = ig_key_at(tid, IG_SYNC_ATOMIC, a & ~(Addr)7);
    ig_acquire(tid, &key);
}

void ig_pre_mem_read(CorePart part, ThreadId tid, const HChar *what, Addr a, SizeT size)
{
    if (part != Vg_CoreSysCall || !size || !ig_object_touches(a, size) || ig_ignored(tid))
        return;
    /* the kernel looks at the word of a futex as one locked operation */
    UInt atomic = VG_(strncmp)(what, "futex(", 6) == 0 ? IG_ATOMIC : 0;
    ig_shadow_access(tid, a, size, IG_SYSCALL | atomic);
}

void ig_pre_mem_read_asciiz(CorePart part, ThreadId tid, const HChar *what, Addr a)
{
    /* a bad pointer is the program's affair: only mapped bytes are looked at */
    if (ig_map_at(a))
        ig_pre_mem_read(part, tid, what, a, VG_(strlen)((const HChar *)a) + 1);
}

void ig_post_mem_write(CorePart part, ThreadId tid, Addr a, SizeT size)
{
    if (part != Vg_CoreSysCall || !size || !ig_object_touches(a, size) || ig_ignored(tid))
        return;
    if (written_count == MOST_WRITTEN) {
        ig_shadow_access(tid, a, size, IG_WRITE | IG_SYSCALL);
        return;
    }
    written[written_count].tid = tid;
    written[written_count].a = a;
    written[written_count].size = size;
    written_count++;
}

void ig_access_drop(void)
{
    written_count = 0;
}

void ig_access_flush(ThreadId tid)
{
    for (UInt i = 0; i < written_count; i++)
        if (written[i].tid == tid)
            ig_shadow_access(tid, written[i].a, written[i].size, IG_WRITE | IG_SYSCALL);
    written_count = 0;
}
