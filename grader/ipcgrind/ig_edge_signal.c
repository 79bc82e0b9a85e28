/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals: kill and its relatives -> the handler, sigwait. A signal that is pending twice comes
 * once, so a handler comes after all that sent it. The end of a child -> SIGCHLD. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_session.h"
#include "ig_vgcore.h"
#include "pub_tool_libcproc.h" // VG_(getpid)()
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_kill

enum { TO_PROCESS, TO_GROUP, TO_ALL, THREAD_QUEUE_CALL = 297 /* rt_tgsigqueueinfo */ };

static struct ig_key key_of(UInt to, UWord whom, Int signal)
{
    struct ig_key key = ig_key_of(IG_SYNC_SIGNAL, whom, (ULong)(UInt)signal);
    key.extra = to;
    return key;
}

static UWord own_group(void)
{
    SysRes res = IG_CALL(__NR_getpgid, 0, 0, 0, 0, 0);
    return sr_isError(res) ? 0 : sr_Res(res);
}

static void before_kill(ThreadId tid, UWord *args)
{
    Int pid = (Int)args[0];
    struct ig_key key = key_of(TO_PROCESS, (UWord)pid, (Int)args[1]);
    if (args[1] == 0)
        return;
    if (pid == -1)
        key = key_of(TO_ALL, 0, (Int)args[1]);
    else if (pid <= 0)
        key = key_of(TO_GROUP, pid ? (UWord)-pid : own_group(), (Int)args[1]);
    ig_release(tid, &key);
}

static void before_tgkill(ThreadId tid, UWord *args)
{
    struct ig_key key = key_of(TO_PROCESS, args[0], (Int)args[2]);
    if (args[2])
        ig_release(tid, &key);
}

/* Only the thread is named: the process is not known here. */
static void before_tkill(ThreadId tid, UWord *args)
{
    struct ig_key key = key_of(TO_ALL, 0, (Int)args[1]);
    if (args[1])
        ig_release(tid, &key);
}

static void got_signal(ThreadId tid, Int signal)
{
    struct ig_key mine = key_of(TO_PROCESS, (UWord)VG_(getpid)(), signal);
    struct ig_key group = key_of(TO_GROUP, own_group(), signal);
    struct ig_key all = key_of(TO_ALL, 0, signal);
    ig_acquire(tid, &mine);
    ig_acquire(tid, &group);
    ig_acquire(tid, &all);
    if (signal == VKI_SIGCHLD)
        ig_acquire_dead(tid, True);
}

static void after_sigwait(ThreadId tid, UWord *args, SysRes res)
{
    if (!sr_isError(res) && sr_Res(res) > 0)
        got_signal(tid, (Int)sr_Res(res));
}

static void before_signalfd(ThreadId tid, UWord *args)
{
    ig_session_partial(IG_PARTIAL_CALL);
}

static const struct ig_call calls[] = {
    {.number = __NR_kill, .pre = before_kill},
    {.number = __NR_tkill, .pre = before_tkill},
    {.number = __NR_tgkill, .pre = before_tgkill},
    {.number = __NR_rt_sigqueueinfo, .pre = before_kill},
    {.number = THREAD_QUEUE_CALL, .pre = before_tgkill},
    {.number = __NR_rt_sigtimedwait, .post = after_sigwait},
    {.number = __NR_signalfd, .pre = before_signalfd},
    {.number = __NR_signalfd4, .pre = before_signalfd},
    {.number = 0},
};
static const struct ig_edge signal_edge = {.name = "signal", .calls = calls, .signal = got_signal};
IG_EDGE(signal_edge);
#endif
