/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message queues, System V and POSIX: each message sent -> received. A message is told by its
 * queue and its type or priority, among which the kernel keeps the order of sending. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_misuse.h"
#include "ig_vgcore.h"
#include "pub_tool_aspacemgr.h" // VG_(am_is_valid_for_client)()
#include "pub_tool_debuginfo.h" // VG_(get_datasym_and_offset)()
#include "pub_tool_libcbase.h"  // VG_(strncmp)()
#include "pub_tool_libcfile.h"  // VG_(fstat)()
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_msgsnd

enum { REMOVE = 0, COMMAND_MASK = 0xff, REMOVED = 43 /* EIDRM */, COPY = 040000 /* MSG_COPY */ };
enum { NOTIFY_SIGNAL = 0, MOST_NOTIFY = 16, MOST_NAME = 128 };
#define SYSV (1ull << 63)

/* Queues of which this process wants a signal for the first message. */
static struct {
    Int signal;
    struct ig_key key;
} notify[MOST_NOTIFY];
static UInt notify_count;

static struct ig_key sysv_key(enum ig_sync_kind kind, UWord queue)
{
    return ig_key_of(kind, (UInt)queue, SYSV);
}

static Bool readable(Addr a, SizeT size)
{
    return VG_(am_is_valid_for_client)(a, size, VKI_PROT_READ);
}

static ULong type_at(UWord message)
{
    return readable(message, sizeof(Long)) ? *(const ULong *)message : 0;
}

/* Does a message of this size end behind the variable that it lies in, by no more than its type?
 * Only of variables with a name in the symbol table do we know the size. */
static void check_size(ThreadId tid, Addr a, SizeT size, const HChar *call)
{
    DiEpoch ep = VG_(current_DiEpoch)();
    const HChar *name = NULL;
    PtrdiffT first = 0;
    PtrdiffT last = 0;
    HChar variable[MOST_NAME];
    if (!size || !VG_(get_datasym_and_offset)(ep, a, &name, &first))
        return;
    VG_(strncpy)(variable, name, sizeof(variable) - 1);
    variable[sizeof(variable) - 1] = '\0';
    if (!VG_(get_datasym_and_offset)(ep, a + size - 1, &name, &last) ||
        last - first != (PtrdiffT)size - 1 || VG_(strncmp)(name, variable, MOST_NAME - 1) != 0)
        return;
    Addr end = a + sizeof(Long) + size - 1;
    if (!VG_(get_datasym_and_offset)(ep, end, &name, &last) || last < first ||
        last - first != (PtrdiffT)(end - a))
        ig_misuse(tid, IG_MESSAGE_SIZE, 0, call, NULL);
}

static void before_msgsnd(ThreadId tid, UWord *args)
{
    struct ig_key key = sysv_key(IG_SYNC_MESSAGE, args[0]);
    check_size(tid, args[1], args[2], "msgsnd");
    ig_queue_put(tid, &key, type_at(args[1]), 1);
}

static void after_msgsnd(ThreadId tid, UWord *args, SysRes res)
{
    struct ig_key key = sysv_key(IG_SYNC_MESSAGE, args[0]);
    ig_queue_done(tid, &key, type_at(args[1]), 1, !sr_isError(res));
}

static void before_msgrcv(ThreadId tid, UWord *args)
{
    struct ig_key key = sysv_key(IG_SYNC_MESSAGE, args[0]);
    check_size(tid, args[1], args[2], "msgrcv");
    ig_queue_want(tid, &key);
}

static void after_msgrcv(ThreadId tid, UWord *args, SysRes res)
{
    struct ig_key key = sysv_key(IG_SYNC_MESSAGE, args[0]);
    Bool copied = (args[4] & COPY) != 0; /* it stays in the queue */
    if (sr_isError(res) || copied)
        ig_queue_take(tid, &key, 0, 0);
    else
        ig_queue_take(tid, &key, type_at(args[1]), 1);
    if (copied)
        ig_acquire(tid, &key);
    if (sr_isError(res) && sr_Err(res) == REMOVED) {
        key.kind = IG_SYNC_SYSV_GONE;
        ig_acquire(tid, &key);
    }
}

static void before_msgctl(ThreadId tid, UWord *args)
{
    struct ig_key key = sysv_key(IG_SYNC_SYSV_GONE, args[0]);
    if ((args[1] & COMMAND_MASK) == REMOVE)
        ig_release(tid, &key);
}

static void after_msgctl(ThreadId tid, UWord *args, SysRes res)
{
    struct ig_key key = sysv_key(IG_SYNC_MESSAGE, args[0]);
    if ((args[1] & COMMAND_MASK) == REMOVE && !sr_isError(res))
        ig_queue_gone(tid, &key);
}

static Bool posix_key(UWord fd, enum ig_sync_kind kind, struct ig_key *key)
{
    struct vg_stat st;
    if (VG_(fstat)((Int)fd, &st) != 0)
        return False;
    *key = ig_key_of(kind, st.dev, st.ino);
    return True;
}

static void before_send(ThreadId tid, UWord *args)
{
    struct ig_key key;
    if (posix_key(args[0], IG_SYNC_NOTIFY, &key)) {
        ig_release(tid, &key);
        key.kind = IG_SYNC_MESSAGE;
        ig_queue_put(tid, &key, args[3] + 1, 1);
    }
}

static void after_send(ThreadId tid, UWord *args, SysRes res)
{
    struct ig_key key;
    if (posix_key(args[0], IG_SYNC_MESSAGE, &key))
        ig_queue_done(tid, &key, args[3] + 1, 1, !sr_isError(res));
}

static void before_receive(ThreadId tid, UWord *args)
{
    struct ig_key key;
    if (posix_key(args[0], IG_SYNC_MESSAGE, &key))
        ig_queue_want(tid, &key);
}

/* A receiver that does not ask for the priority gets the highest, which ours may not be: then
 * every message so far counts. */
static void after_receive(ThreadId tid, UWord *args, SysRes res)
{
    struct ig_key key;
    Bool mixed = False;
    ULong tag = 0;
    if (!posix_key(args[0], IG_SYNC_MESSAGE, &key))
        return;
    if (!sr_isError(res)) {
        tag = ig_queue_top(tid, &key, &mixed);
        if (args[3])
            tag = *(const UInt *)args[3] + 1ull;
        else if (mixed)
            ig_acquire(tid, &key);
    }
    ig_queue_take(tid, &key, tag, !sr_isError(res));
}

static void after_notify(ThreadId tid, UWord *args, SysRes res)
{
    const vki_sigevent_t *event = (const void *)args[1];
    struct ig_key key;
    if (sr_isError(res) || !event || !posix_key(args[0], IG_SYNC_NOTIFY, &key) ||
        event->sigev_notify != NOTIFY_SIGNAL)
        return;
    UInt i = notify_count < MOST_NOTIFY ? notify_count++ : 0;
    notify[i].signal = event->sigev_signo;
    notify[i].key = key;
}

static void got_signal(ThreadId tid, Int signal)
{
    for (UInt i = 0; i < notify_count; i++)
        if (notify[i].signal == signal)
            ig_acquire(tid, &notify[i].key);
}

static void after_sigwait(ThreadId tid, UWord *args, SysRes res)
{
    if (!sr_isError(res))
        got_signal(tid, (Int)sr_Res(res));
}

static const struct ig_call calls[] = {
    {.number = __NR_msgsnd, .pre = before_msgsnd, .post = after_msgsnd},
    {.number = __NR_msgrcv, .pre = before_msgrcv, .post = after_msgrcv},
    {.number = __NR_msgctl, .pre = before_msgctl, .post = after_msgctl},
    {.number = __NR_mq_timedsend, .pre = before_send, .post = after_send},
    {.number = __NR_mq_timedreceive, .pre = before_receive, .post = after_receive},
    {.number = __NR_mq_notify, .post = after_notify},
    {.number = __NR_rt_sigtimedwait, .post = after_sigwait},
    {.number = 0},
};
static const struct ig_edge message = {.name = "message", .calls = calls, .signal = got_signal};
IG_EDGE(message);
#endif
