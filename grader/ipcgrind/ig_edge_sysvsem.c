/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System V semaphores. A unit given (V, SETVAL, SETALL, the undoing at exit) -> the unit taken;
 * a decrement -> wait for zero; removal -> EIDRM. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_vgcore.h"
#include "pub_tool_aspacemgr.h" // VG_(am_is_valid_for_client)()
#include "pub_tool_libcbase.h"  // VG_(memcpy)()
#include "pub_tool_mallocfree.h"
#include "pub_tool_threadstate.h" // VG_N_THREADS
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_semop

enum {
    UNDO = 0x1000,
    NOWAIT = 0x800,
    REMOVE = 0, /* semctl commands */
    STAT = 2,
    GET_VALUE = 12,
    GET_ALL = 13,
    SET_VALUE = 16,
    SET_ALL = 17,
    COMMAND_MASK = 0xff, /* IPC_64 may be set above it */
    MOST_OPS = 500,
    MOST_SEMS = 32000,
    MOST_UNDO = 256,
    MOST_VALUE = 32767, /* SEMVMX */
    REMOVED = 43,       /* EIDRM */
};

struct op {
    UShort num;
    Short change;
    Short flags;
};

/* The operations that a thread is in; the program may use its array for something else. */
static struct flight {
    UInt count;
    struct op op[MOST_OPS];
} * *flights;

/* What the kernel will undo when this process ends. */
static struct undo {
    Int set;
    UShort num;
    Int change;
} undone[MOST_UNDO];
static Int undoer; /* whose they are: a child of fork begins with none */
static UInt undo_count;

static struct ig_key key_of(enum ig_sync_kind kind, Int set, UInt num)
{
    return ig_key_of(kind, (ULong)(UInt)set, num);
}

static struct flight *flight_of(ThreadId tid)
{
    if (!flights)
        flights = VG_(calloc)("ig.semops", VG_N_THREADS, sizeof(struct flight *));
    if (!flights[tid])
        flights[tid] = VG_(calloc)("ig.semop", 1, sizeof(struct flight));
    return flights[tid];
}

/* What it holds when we see it first. */
static void first_look(ThreadId tid, Int set, UInt num)
{
    struct ig_key key = key_of(IG_SYNC_SYSV_SEM, set, num);
    SysRes res = IG_CALL(__NR_semctl, set, num, GET_VALUE, 0, 0);
    if (!sr_isError(res))
        ig_queue_start(tid, &key, (UInt)sr_Res(res), False);
}

static void before_op(ThreadId tid, Int set, const struct op *op)
{
    struct ig_key sem = key_of(IG_SYNC_SYSV_SEM, set, op->num);
    struct ig_key zero = key_of(IG_SYNC_SYSV_ZERO, set, op->num);
    first_look(tid, set, op->num);
    if (op->change > 0) {
        ig_queue_put(tid, &sem, 0, (UInt)op->change);
    } else if (op->change < 0) {
        ig_queue_want(tid, &sem);
        ig_release(tid, &zero);
    }
}

static void before_semop(ThreadId tid, UWord *args)
{
    struct flight *f = flight_of(tid);
    const struct op *ops = (const void *)args[1];
    f->count = 0;
    if (args[2] > MOST_OPS ||
        !VG_(am_is_valid_for_client)((Addr)ops, args[2] * sizeof(*ops), VKI_PROT_READ))
        return;
    f->count = (UInt)args[2];
    VG_(memcpy)(f->op, ops, f->count * sizeof(*ops));
    for (UInt i = 0; i < f->count; i++)
        before_op(tid, (Int)args[0], &f->op[i]);
}

/* What was taken but never given as far as we saw: by the kernel, for a process that is over. */
static void take(ThreadId tid, const struct ig_key *key, UInt count)
{
    if (!ig_queue_take(tid, key, 0, count) && count)
        ig_acquire_dead(tid, True);
}

static void after_op(ThreadId tid, Int set, const struct op *op, Bool done)
{
    struct ig_key sem = key_of(IG_SYNC_SYSV_SEM, set, op->num);
    struct ig_key zero = key_of(IG_SYNC_SYSV_ZERO, set, op->num);
    if (op->change > 0)
        ig_queue_done(tid, &sem, 0, (UInt)op->change, done);
    else if (op->change < 0)
        take(tid, &sem, done ? (UInt)-op->change : 0);
    else if (done)
        ig_acquire(tid, &zero);
}

static void remember_undo(ThreadId tid, Int set, UShort num, Int change)
{
    UInt i = 0;
    if (undoer != ig_pid(tid)) {
        undoer = ig_pid(tid);
        undo_count = 0;
    }
    while (i < undo_count && (undone[i].set != set || undone[i].num != num))
        i++;
    if (i == MOST_UNDO)
        return; /* found at the other end by ig_acquire_dead() */
    if (i == undo_count) {
        undo_count++;
        undone[i].set = set;
        undone[i].num = num;
        undone[i].change = 0;
    }
    undone[i].change += change;
}

static void after_semop(ThreadId tid, UWord *args, SysRes res)
{
    const struct flight *f = flight_of(tid);
    Int set = (Int)args[0];
    for (UInt i = 0; i < f->count; i++) {
        after_op(tid, set, &f->op[i], !sr_isError(res));
        if (!sr_isError(res) && (f->op[i].flags & UNDO))
            remember_undo(tid, set, f->op[i].num, -f->op[i].change);
    }
    if (sr_isError(res) && sr_Err(res) == REMOVED) {
        struct ig_key gone = key_of(IG_SYNC_SYSV_GONE, set, 0);
        ig_acquire(tid, &gone);
    }
}

/* The process ends: the kernel gives back what it took with SEM_UNDO. A new program after exec
 * keeps the debt, but not this table: whoever takes the units finds the process among the dead. */
static void leave(ThreadId tid, Bool exec)
{
    for (UInt i = 0; !exec && undoer == ig_pid(tid) && i < undo_count; i++) {
        struct undo *u = &undone[i];
        struct ig_key sem = key_of(IG_SYNC_SYSV_SEM, u->set, u->num);
        struct ig_key zero = key_of(IG_SYNC_SYSV_ZERO, u->set, u->num);
        if (u->change > 0) {
            ig_queue_put(tid, &sem, 0, (UInt)u->change);
            ig_queue_done(tid, &sem, 0, (UInt)u->change, True);
        } else if (u->change < 0) {
            ig_release(tid, &zero);
        }
        u->change = 0;
    }
}

static void set_value(ThreadId tid, Int set, UInt num, UInt value)
{
    struct ig_key sem = key_of(IG_SYNC_SYSV_SEM, set, num);
    struct ig_key zero = key_of(IG_SYNC_SYSV_ZERO, set, num);
    ig_queue_start(tid, &sem, value, True);
    ig_release(tid, &zero);
    if (undoer == ig_pid(tid))
        for (UInt i = 0; i < undo_count; i++)
            if (undone[i].set == set && undone[i].num == num)
                undone[i].change = 0;
}

static ULong size_of_set(Int set)
{
    struct vki_semid64_ds ds;
    SysRes res = IG_CALL(__NR_semctl, set, 0, STAT, &ds, 0);
    return sr_isError(res) || ds.sem_nsems > MOST_SEMS ? 0 : ds.sem_nsems;
}

/* The number of the set may be given to another one. */
static void removed(ThreadId tid, Int set, ULong size)
{
    for (UInt num = 0; num < size; num++) {
        struct ig_key sem = key_of(IG_SYNC_SYSV_SEM, set, num);
        ig_queue_gone(tid, &sem);
    }
    for (UInt i = 0; undoer == ig_pid(tid) && i < undo_count; i++)
        if (undone[i].set == set)
            undone[i].change = 0;
}

static ULong removing; /* size of the set that the running call may remove; it does not block */

static void before_semctl(ThreadId tid, UWord *args)
{
    Int set = (Int)args[0];
    const UShort *values = (const void *)args[3];
    struct ig_key gone = key_of(IG_SYNC_SYSV_GONE, set, 0);
    ULong size = size_of_set(set);
    removing = 0;
    if (!size) /* no such set: the call fails, too */
        return;
    switch (args[2] & COMMAND_MASK) {
    case SET_VALUE:
        if (args[1] < size && (UInt)args[3] <= MOST_VALUE) /* else it fails */
            set_value(tid, set, (UInt)args[1], (UInt)args[3]);
        break;
    case SET_ALL:
        if (VG_(am_is_valid_for_client)((Addr)values, size * sizeof(*values), VKI_PROT_READ))
            for (UInt num = 0; num < size; num++)
                set_value(tid, set, num, values[num]);
        break;
    case REMOVE:
        removing = size;
        ig_release(tid, &gone);
        break;
    default:
        break;
    }
}

static void after_semctl(ThreadId tid, UWord *args, SysRes res)
{
    if (!sr_isError(res))
        removed(tid, (Int)args[0], removing);
    removing = 0;
}

static const struct ig_call calls[] = {
    {.number = __NR_semop, .pre = before_semop, .post = after_semop},
    {.number = __NR_semtimedop, .pre = before_semop, .post = after_semop},
    {.number = __NR_semctl, .pre = before_semctl, .post = after_semctl},
    {.number = 0},
};
static const struct ig_edge sysvsem = {.name = "sysvsem", .calls = calls, .leave = leave};
IG_EDGE(sysvsem);
#endif
