/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sync objects with one clock, and what all kinds share. */
#include "ig_edge.h"

#include "ig_clock.h"
#include "ig_edge_impl.h"
#include "ig_lock.h"
#include "ig_object.h"
#include "ig_sched.h"
#include "ig_session.h"
#include "ig_task.h"
#include "ig_trace.h"
#include "pub_tool_libcbase.h" // VG_(memset)()

struct ig_key ig_key_of(enum ig_sync_kind kind, ULong a, ULong b)
{
    struct ig_key key = {.kind = kind, .a = a, .b = b};
    return key;
}

struct ig_key ig_key_at(ThreadId tid, enum ig_sync_kind kind, Addr a)
{
    struct ig_key key = {.kind = kind, .a = a};
    const struct ig_map *map = ig_map_at(a);
    const struct ig_task *me = ig_me(tid);
    if (map) {
        key.extra = map->object;
        key.a = map->offset + (a - map->start);
    } else if (me) {
        key.b = (ULong)me->pid << 32 | 1;
    }
    return key;
}

Int ig_pid(ThreadId tid)
{
    return ig_me(tid) ? ig_me(tid)->pid : 0;
}

static Bool same_sync(const struct ig_node *node, const void *arg)
{
    const struct ig_sync *sync = (const void *)node;
    const struct ig_key *key = arg;
    return sync->key.kind == key->kind && sync->key.extra == key->extra && sync->key.a == key->a &&
           sync->key.b == key->b;
}

static ig_ref make_sync(const void *arg)
{
    ig_ref ref = ig_new(sizeof(struct ig_sync));
    if (ref)
        IG_AT(struct ig_sync, ref)->key = *(const struct ig_key *)arg;
    return ref;
}

struct ig_sync *ig_sync_enter(ThreadId tid, const struct ig_key *key)
{
    const struct ig_task *me = ig_me(tid);
    if (!me)
        return NULL;
    ig_ref ref = ig_intern(IG_SYNCS, ig_hash(key->kind, &key->extra, sizeof(*key) - sizeof(UInt)),
                           same_sync, make_sync, key);
    if (!ref)
        return NULL;
    struct ig_sync *sync = IG_AT(struct ig_sync, ref);
    enum ig_locked got = ig_lock(&sync->lock, me->id);
    if (got == IG_LOCKED_STOLEN)
        ig_session_partial(IG_PARTIAL_STOLEN);
    return got == IG_NOT_LOCKED ? NULL : sync;
}

ig_ref ig_sync_ref(const struct ig_sync *sync)
{
    return (ig_ref)((ULong)((const UChar *)sync - ig_base) / IG_ALIGN);
}

void ig_sync_leave(ThreadId tid, struct ig_sync *sync)
{
    ig_unlock(&sync->lock, ig_me(tid)->id);
}

void ig_release(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    struct ig_task *me = ig_me(tid);
    ig_trace_sync(me, "release", key, -1);
    ig_vc_join(&sync->vc, me->vc);
    ig_sync_leave(tid, sync);
    me->ending = key->kind;
    ig_task_tick(me);
    ig_sched_sync(tid);
}

void ig_acquire(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    ig_vc_join(&ig_me(tid)->vc, sync->vc);
    ig_trace_sync(ig_me(tid), "acquire", key, -1);
    ig_me(tid)->slept = 0;
    ig_sync_leave(tid, sync);
}

/* Its epochs are ones with the same locks, so that a report can tell which were held. */
static void now_holds(struct ig_task *me, const struct ig_sync *sync)
{
    me->locks++;
    me->lock = me->locks == 1 ? ig_sync_ref(sync) : IG_LOCKS_MANY;
    ig_task_tick(me);
}

static void holds_no_more(struct ig_task *me, UInt kind)
{
    if (me->locks)
        me->locks--;
    me->lock = me->locks ? IG_LOCKS_MANY : 0;
    me->ending = kind;
    ig_task_tick(me);
}

void ig_acquire_hold(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    struct ig_task *me = ig_me(tid);
    ig_vc_join(&me->vc, sync->vc);
    me->slept = 0;
    ig_trace_sync(me, "lock", key, -1);
    Bool again = sync->owner == me->id + 1; /* a recursive mutex */
    sync->taken = again && key->kind == IG_SYNC_MUTEX ? sync->taken + 1 : 0;
    sync->owner = me->id + 1;
    ig_sync_leave(tid, sync);
    if (!again)
        now_holds(me, sync);
    ig_sched_sync(tid);
}

void ig_release_hold(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    struct ig_task *me = ig_me(tid);
    Bool mine = sync->owner == me->id + 1;
    if (mine && sync->taken) {
        sync->taken--;
        ig_sync_leave(tid, sync);
        return;
    }
    ig_trace_sync(me, "unlock", key, -1);
    ig_vc_join(&sync->vc, me->vc);
    if (mine)
        sync->owner = 0;
    ig_sync_leave(tid, sync);
    if (mine)
        holds_no_more(me, key->kind);
    else
        ig_task_tick(me);
    ig_sched_sync(tid);
}

struct ig_task *ig_holder(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return NULL;
    UInt owner = sync->owner;
    ig_sync_leave(tid, sync);
    return owner ? ig_task_at(owner - 1) : NULL;
}

void ig_acquire_task(ThreadId tid, const struct ig_task *task)
{
    struct ig_task *me = ig_me(tid);
    if (!me || task == me)
        return;
    ig_vc_join(&me->vc, task->vc);
    ig_trace_task(me, task->pid == me->pid ? "join" : "wait", task);
}

void ig_acquire_dead(ThreadId tid, Bool ended)
{
    for (UInt id = 0; id < ig_task_count(); id++) {
        if (!ig_head->task[id] || ig_task_at(id) == ig_me(tid))
            continue;
        struct ig_task *task = ig_task_at(id);
        if (task->state == IG_TASK_RUNNING && !task->killed && ig_task_life(id) == IG_DEAD)
            task->killed = 1;
        if (task->killed || (ended && task->state == IG_TASK_ENDED))
            ig_acquire_task(tid, task);
    }
}

void ig_sync_reset(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    ig_trace_sync(ig_me(tid), "init", key, -1);
    ig_vc_copy(&sync->vc, 0);
    ig_tokens_drop(sync);
    sync->owner = 0;
    sync->known = 0;
    ig_sync_leave(tid, sync);
}
