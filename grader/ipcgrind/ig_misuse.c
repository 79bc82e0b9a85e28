/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects that synchronise, used wrongly. */
#include "ig_misuse.h"

#include "ig_edge.h"
#include "ig_edge_impl.h"
#include "ig_lock.h"
#include "ig_object.h"
#include "ig_report.h"
#include "ig_session.h"
#include "ig_stack.h"
#include "ig_task.h"
#include "pub_tool_libcbase.h" // VG_(memset)()

/* Semaphores and barriers in private memory that this process knows, by inheritance or its own. A
 * child of fork has this table, too, and so knows what is a copy. */
enum { MOST_PRIVATE = 256 };
static struct copied {
    Addr a;
    UInt kind;
    Int pid; /* who made it */
    UInt forks;
    struct ig_side made;
} privates[MOST_PRIVATE];
static UInt private_count;
static UInt forks;

void ig_misuse_fork(void)
{
    forks++;
}

static struct ig_side side_here(ThreadId tid, const HChar *call)
{
    const struct ig_task *me = ig_me(tid);
    struct ig_side side = {.word = IG_WORD(me->id, 0), .pid = me->pid, .tid = me->tid};
    side.stack = ig_stack_here(tid);
    side.program = me->program;
    side.call = ig_string(call);
    return side;
}

void ig_misuse(ThreadId tid, enum ig_kind kind, Addr a, const HChar *call,
               const struct ig_side *before)
{
    const struct ig_map *map = ig_map_at(a);
    struct ig_side now = side_here(tid, call);
    ig_report_misuse(kind, map ? map->object : 0, map ? map->offset + (a - map->start) : 0, before,
                     &now);
}

static struct copied *find_private(UInt kind, Addr a)
{
    for (UInt i = 0; i < private_count; i++)
        if (privates[i].a == a && privates[i].kind == kind)
            return &privates[i];
    return NULL;
}

static void made_private(ThreadId tid, UInt kind, Addr a, const HChar *call)
{
    struct copied *p = find_private(kind, a);
    if (kind != IG_SYNC_SEM && kind != IG_SYNC_BARRIER)
        return;
    if (!p)
        p = &privates[private_count < MOST_PRIVATE ? private_count++ : a % MOST_PRIVATE];
    p->a = a;
    p->kind = kind;
    p->pid = ig_pid(tid);
    p->forks = forks;
    p->made = side_here(tid, call);
}

void ig_made(ThreadId tid, const struct ig_key *key, Addr a, const HChar *call)
{
    if (!ig_me(tid))
        return;
    if (!ig_map_at(a)) {
        made_private(tid, key->kind, a, call);
        return;
    }
    struct ig_side now = side_here(tid, call);
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    struct ig_side before = sync->made;
    Bool live = sync->live != 0;
    sync->live = 1;
    sync->made = now;
    sync->user.pid = 0;
    ig_sync_leave(tid, sync);
    /* what a dead process left behind may be made anew */
    if (live && ig_task_life(IG_WORD_TASK(before.word)) != IG_DEAD)
        ig_misuse(tid, IG_INIT_TWICE, a, call, &before);
}

/* Two processes use what each has a copy of, or what is meant for one: @made is where that was. */
static void two_users(ThreadId tid, const struct ig_key *key, Addr a, const HChar *call,
                      enum ig_kind kind, const struct ig_side *made)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    Bool other = sync->user.pid && sync->user.pid != ig_pid(tid);
    Bool first = !sync->user.pid;
    struct ig_side before = sync->made.pid ? sync->made : sync->user;
    ig_sync_leave(tid, sync);
    if (other)
        ig_misuse(tid, kind, a, call, made ? made : &before);
    if (!first)
        return;
    struct ig_side now = side_here(tid, call);
    sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    other = sync->user.pid && sync->user.pid != now.pid;
    before = sync->made.pid ? sync->made : sync->user;
    if (!sync->user.pid)
        sync->user = now;
    ig_sync_leave(tid, sync);
    if (other)
        ig_misuse(tid, kind, a, call, made ? made : &before);
}

void ig_used(ThreadId tid, const struct ig_key *key, Addr a, const HChar *call, Bool shared)
{
    if (!ig_me(tid))
        return;
    if (ig_map_at(a)) {
        if (!shared)
            two_users(tid, key, a, call, IG_NOT_SHARED, NULL);
        return;
    }
    const struct copied *p = find_private(key->kind, a);
    if (!p || (p->pid == ig_pid(tid) && p->forks == forks))
        return;
    struct ig_key copies = ig_key_of(IG_SYNC_COPIES, a, (ULong)(UInt)p->pid << 32 | p->forks);
    two_users(tid, &copies, a, call, IG_ONE_COPY_EACH, &p->made);
}

void ig_waiting(ThreadId tid, const struct ig_key *key)
{
    struct ig_task *me = ig_me(tid);
    if (!me)
        return;
    me->waits_at = ig_stack_here(tid);
    me->waits_for = *key;
}

void ig_waited(ThreadId tid)
{
    if (ig_me(tid))
        ig_me(tid)->waits_for.kind = IG_SYNC_NONE;
}

static struct ig_task *waiter(const struct ig_key *key)
{
    for (UInt id = 0; id < ig_task_count(); id++) {
        if (!ig_head->task[id])
            continue;
        struct ig_task *task = ig_task_at(id);
        const struct ig_key *its = &task->waits_for;
        if (its->kind == key->kind && its->extra == key->extra && its->a == key->a &&
            its->b == key->b && ig_task_life(id) != IG_DEAD)
            return task;
    }
    return NULL;
}

void ig_waiters_woken(ThreadId tid, const struct ig_key *key)
{
    struct ig_task *task = NULL;
    while (ig_me(tid) && (task = waiter(key)))
        task->waits_for.kind = IG_SYNC_NONE;
}

void ig_unmade(ThreadId tid, const struct ig_key *key, Addr a, const HChar *call, Bool idle)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    sync->live = 0;
    Bool units = sync->first && key->kind == IG_SYNC_SEM; /* enough for whoever is in sem_wait */
    ig_sync_leave(tid, sync);
    const struct ig_task *task = idle || units ? NULL : waiter(key);
    if (!task)
        return;
    struct ig_side other = {.word = IG_WORD(task->id, 0), .stack = task->waits_at};
    other.pid = task->pid;
    other.tid = task->tid;
    other.program = task->program;
    other.call = ig_string("wait");
    ig_misuse(tid, IG_DESTROYED, a, call, &other);
}

Bool ig_must_hold(ThreadId tid, const struct ig_key *key, Addr a, enum ig_kind kind,
                  const HChar *call)
{
    const struct ig_task *holder = ig_holder(tid, key);
    if (holder == ig_me(tid))
        return True;
    /* a child of fork may give back a private copy that its parent had taken */
    if (holder || ig_map_at(a))
        ig_misuse(tid, kind, a, call, NULL);
    return False;
}
