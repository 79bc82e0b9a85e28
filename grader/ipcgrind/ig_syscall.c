/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the core to the edges. */
#include "ig_syscall.h"

#include "ig_access.h"
#include "ig_clock.h"
#include "ig_edge.h"
#include "ig_request.h"
#include "ig_session.h"
#include "ig_task.h"
#include "pub_tool_libcassert.h" // tl_assert2()
#include "pub_tool_tooliface.h"
#include "valgrind.h" // VG_IS_TOOL_USERREQ

/* The linker sets these around the section that IG_EDGE fills. */
extern const struct ig_edge *const __start_ig_edges[];
extern const struct ig_edge *const __stop_ig_edges[];

enum { MOST_CALLS = 512, MOST_HOOKS = 8 };
static const struct ig_call *hooks[MOST_CALLS][MOST_HOOKS];
static const struct ig_edge *by_letter[128];

static void add_call(const struct ig_call *call)
{
    tl_assert2(call->number < MOST_CALLS, "ipcgrind: call %u: raise MOST_CALLS", call->number);
    for (UInt i = 0; i < MOST_HOOKS; i++) {
        if (!hooks[call->number][i]) {
            hooks[call->number][i] = call;
            return;
        }
    }
    tl_assert2(0, "ipcgrind: call %u has too many edges: raise MOST_HOOKS", call->number);
}

void ig_syscall_init(void)
{
    for (const struct ig_edge *const *e = __start_ig_edges; e < __stop_ig_edges; e++) {
        const struct ig_edge *edge = *e;
        for (const struct ig_call *c = edge->calls; c && (c->pre || c->post); c++)
            add_call(c);
        if (edge->letter)
            by_letter[(UInt)edge->letter & 127] = edge;
    }
}

void ig_pre_syscall(ThreadId tid, UInt number, UWord *args, UInt count)
{
    struct ig_task *me = ig_me(tid);
    ig_access_drop();
    if (!me || number >= MOST_CALLS)
        return;
    /* the core reports the buffers of this call only afterwards; they belong before its release */
    UInt clock = ig_vc_get(me->vc, me->id);
    ig_thread(tid)->clock_before = 0;
    ig_thread(tid)->last_call = number;
    for (UInt i = 0; i < MOST_HOOKS && hooks[number][i]; i++)
        if (hooks[number][i]->pre)
            hooks[number][i]->pre(tid, args);
    if (ig_thread(tid)->task && ig_vc_get(me->vc, me->id) != clock)
        ig_thread(tid)->clock_before = clock;
}

void ig_post_syscall(ThreadId tid, UInt number, UWord *args, UInt count, SysRes res)
{
    if (!ig_me(tid) || number >= MOST_CALLS)
        return;
    ig_thread(tid)->clock_before = 0;
    for (UInt i = 0; i < MOST_HOOKS && hooks[number][i]; i++)
        if (hooks[number][i]->post)
            hooks[number][i]->post(tid, args, res);
    ig_access_flush(tid);
}

Bool ig_client_request(ThreadId tid, UWord *args, UWord *ret)
{
    if (!VG_IS_TOOL_USERREQ('I', 'G', args[0]))
        return False;
    UInt op = (UInt)args[0] & 0xff;
    const struct ig_edge *edge = by_letter[(UInt)args[0] >> 8 & 127];
    *ret = 0;
    if (op & IG_ENTER)
        ig_ignore_enter(tid);
    if (edge && edge->request && ig_me(tid))
        *ret = edge->request(tid, op & IG_OP_MASK, args + 1);
    if (op & IG_LEAVE)
        ig_ignore_leave(tid);
    return True;
}

void ig_leave(ThreadId tid, Bool exec)
{
    for (const struct ig_edge *const *e = __start_ig_edges; e < __stop_ig_edges; e++)
        if ((*e)->leave && ig_me(tid))
            (*e)->leave(tid, exec);
}

void ig_signal(ThreadId tid, Int signal)
{
    for (const struct ig_edge *const *e = __start_ig_edges; e < __stop_ig_edges; e++)
        if ((*e)->signal && ig_me(tid))
            (*e)->signal(tid, signal);
}
