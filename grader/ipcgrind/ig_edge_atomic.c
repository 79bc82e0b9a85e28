/* SPDX-License-Identifier: GPL-2.0-or-later */
/* C11 atomics of programs that were compiled so that they can be seen (runtime/ig_atomics.c): each
 * operation comes with its memory order. A release store publishes, an acquire load joins, relaxed
 * does neither; fences move the edge to the relaxed accesses around them (C11 7.17.4).
 *
 * Every acquire of a location sees all its releases so far. C11 gives it only the release whose
 * value it reads, and what follows that: so this orders too much where values go back and forth,
 * and never too little. A compare-exchange publishes before it is known whether it succeeds. */
#include "ig_edge.h"
#include "runtime/ig_atomics.h"

#ifndef IG_PRELOAD
#include "ig_atomic.h"
#include "ig_clock.h"
#include "ig_edge_impl.h"
#include "ig_session.h"
#include "ig_shadow.h"
#include "ig_task.h"
#include "pub_tool_libcproc.h" // VG_(getpid)()

UInt ig_atomic_visible;

static struct ig_fences *fences_of(ThreadId tid)
{
    struct ig_fences *f = &ig_thread(tid)->fences;
    Int pid = VG_(getpid)();
    if (f->pid != pid)
        *f = (struct ig_fences){.pid = pid};
    return f;
}

static Bool releases(UWord order)
{
    return order >= 3; /* release, acq_rel, seq_cst */
}

static Bool acquires(UWord order)
{
    return order != 0 && order != 3; /* consume counts as acquire, as compilers take it */
}

/* What a store of @order makes known at @key. */
static void publish(ThreadId tid, const struct ig_key *key, UWord order)
{
    ig_ref fence = fences_of(tid)->released;
    struct ig_sync *sync;
    if (releases(order)) {
        ig_release(tid, key);
    } else if (fence && (sync = ig_sync_enter(tid, key))) {
        ig_vc_join(&sync->vc, fence);
        ig_sync_leave(tid, sync);
    }
}

/* What a load of @order learns at @key. */
static void learn(ThreadId tid, const struct ig_key *key, UWord order)
{
    struct ig_sync *sync;
    if (acquires(order)) {
        ig_acquire(tid, key);
    } else if ((sync = ig_sync_enter(tid, key))) {
        ig_vc_join(&fences_of(tid)->seen, sync->vc);
        ig_sync_leave(tid, sync);
    }
}

static void fence(ThreadId tid, UWord order)
{
    struct ig_fences *f = fences_of(tid);
    struct ig_task *me = ig_me(tid);
    if (acquires(order))
        ig_vc_join(&me->vc, f->seen);
    if (releases(order)) {
        ig_vc_copy(&f->released, me->vc);
        ig_task_tick(me);
    }
}

/* The access itself is judged at the same place as its edge: a store before it publishes, a load
 * before it joins, so that what is plain on the other side is found unordered. */
static UWord on_request(ThreadId tid, UInt op, const UWord *args)
{
    Addr a = args[0];
    UInt size = (UInt)args[1];
    UWord order = args[2];
    struct ig_key key = ig_key_at(tid, IG_SYNC_C11, a);
    Bool after = ig_thread(tid)->atomic;
    switch (op) {
    case IG_ATOMIC_VISIBLE:
        ig_atomic_visible = IG_VISIBLE;
        return 1;
    case IG_ATOMIC_FENCE:
        fence(tid, order);
        return 1;
    default:
        break;
    }
    ig_thread(tid)->atomic = !after;
    if (!after && op == IG_ATOMIC_STORE) {
        ig_shadow_access(tid, a, size, IG_WRITE | IG_ATOMIC);
        publish(tid, &key, order);
    } else if (!after && op == IG_ATOMIC_RMW) {
        learn(tid, &key, order);
        ig_shadow_access(tid, a, size, IG_WRITE | IG_ATOMIC);
        publish(tid, &key, order);
    } else if (after && op == IG_ATOMIC_LOAD) {
        ig_shadow_access(tid, a, size, IG_ATOMIC);
        learn(tid, &key, order);
    } else if (after && op == IG_ATOMIC_RMW) {
        learn(tid, &key, order);
    }
    return 1;
}

static const struct ig_edge atomic = {
    .name = "atomic", .letter = IG_ATOMIC_LETTER, .request = on_request};
IG_EDGE(atomic);
#endif
