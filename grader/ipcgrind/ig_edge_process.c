/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fork -> child; exec and exit -> vfork's return; exit -> wait. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_clock.h"
#include "ig_lock.h"
#include "ig_misuse.h"
#include "ig_object.h"
#include "ig_process.h"
#include "ig_session.h"
#include "ig_syscall.h"
#include "ig_task.h"
#include "ig_thread.h"
#include "ig_trace.h"
#include "pub_tool_libcfile.h" // VG_(poll)()
#include "pub_tool_libcproc.h"
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_clone

enum {
    VFORK_WAIT = 10000, /* ms */
    EXEC_WAIT = 2000,
    VFORK_FLAG = 0x4000,        /* CLONE_VFORK */
    THREAD_FLAG = 0x10000,      /* CLONE_THREAD */
    WAIT_OTHER = 2 | 8,         /* WUNTRACED, WCONTINUED: the call may return for a live process */
    KEEP_WAITABLE = 0x01000000, /* WNOWAIT */
    CLD_LAST_DEATH = 3,         /* si_code CLD_EXITED, CLD_KILLED, CLD_DUMPED are 1 to 3 */
};

static struct ig_task *forking; /* made before the fork, for the child */
static Bool vforking;

static void before_fork(ThreadId tid)
{
    ig_misuse_fork();
    forking = ig_task_new(tid);
    if (forking)
        forking->vforked = vforking;
}

static void in_child(ThreadId tid)
{
    ig_thread_forked();
    ig_task_adopt(tid, forking);
}

void ig_process_init(void)
{
    VG_(atfork)(before_fork, NULL, in_child);
}

static void before_vfork(ThreadId tid, UWord *args)
{
    vforking = True;
}

static void before_clone(ThreadId tid, UWord *args)
{
    vforking = (args[0] & VFORK_FLAG) != 0;
}

/* Valgrind runs vfork() as a plain fork, so the parent would go on at once. It waits here as the
 * kernel makes it wait, but not for ever: a child that neither ends nor calls exec, or calls it
 * for a program that is not watched, holds it up for some seconds. */
static void await_vfork(const struct ig_task *child)
{
    for (UInt ms = 0; ms < VFORK_WAIT; ms++) {
        UInt state = __atomic_load_n(&child->state, __ATOMIC_ACQUIRE);
        if (child->programs || state == IG_TASK_ENDED || (state == IG_TASK_EXEC && ms > EXEC_WAIT))
            return;
        if (ms % 16 == 15 && ig_task_life(child->id) == IG_DEAD)
            return;
        VG_(poll)(NULL, 0, 1);
    }
    ig_session_partial(IG_PARTIAL_VFORK);
}

/* The parent knows the child's number, too, and may know it first. */
static void after_fork(ThreadId tid, UWord *args, SysRes res)
{
    struct ig_task *child = forking;
    Bool was_vfork = vforking;
    vforking = False;
    if (!child || sr_isError(res) || sr_Res(res) == 0)
        return;
    forking = NULL;
    if (!was_vfork)
        return;
    await_vfork(child);
    if (child->fork_vc)
        ig_vc_join(&ig_me(tid)->vc, child->fork_vc);
    else if (ig_task_life(child->id) == IG_DEAD)
        ig_acquire_task(tid, child);
}

static void after_clone(ThreadId tid, UWord *args, SysRes res)
{
    if (!(args[0] & THREAD_FLAG))
        after_fork(tid, args, res);
}

static void publish_to_vfork(ThreadId tid)
{
    struct ig_task *me = ig_me(tid);
    if (me && me->vforked) {
        ig_trace_task(me, "resume", NULL);
        ig_vc_copy(&me->fork_vc, me->vc);
        ig_task_tick(me);
    }
}

static void before_exec(ThreadId tid, UWord *args)
{
    ig_leave(tid, True);
    publish_to_vfork(tid);
    ig_me(tid)->state = IG_TASK_EXEC;
}

static void after_exec(ThreadId tid, UWord *args, SysRes res)
{
    if (!sr_isError(res))
        return;
    ig_me(tid)->state = IG_TASK_RUNNING;
    ig_me(tid)->fork_vc = 0;
}

static void before_exit(ThreadId tid, UWord *args)
{
    ig_leave(tid, False);
    publish_to_vfork(tid);
    ig_task_end_all();
}

/* Process @pid is over: all its threads happen before what @tid does now. */
static void join_process(ThreadId tid, Int pid)
{
    for (UInt id = 0; id < ig_task_count(); id++) {
        if (!ig_head->task[id])
            continue;
        struct ig_task *task = ig_task_at(id);
        if (task->pid == pid && !task->waited)
            ig_acquire_task(tid, task);
    }
}

/* The number of the process is free for another one. */
static void collected(Int pid)
{
    for (UInt id = 0; id < ig_task_count(); id++)
        if (ig_head->task[id] && ig_task_at(id)->pid == pid)
            ig_task_at(id)->waited = 1;
}

static Bool still_there(Int pid)
{
    HChar state = 'X';
    return ig_thread_start(pid, pid, &state) != 0 && state != 'Z' && state != 'X';
}

static void after_wait4(ThreadId tid, UWord *args, SysRes res)
{
    if (sr_isError(res) || sr_Res(res) == 0)
        return;
    Int pid = (Int)sr_Res(res);
    if (args[1]) {
        Int low = *(const Int *)args[1] & 0xff;
        if (low == 0x7f || low == 0xff) /* stopped, continued */
            return;
    } else if ((args[2] & WAIT_OTHER) && still_there(pid)) {
        return;
    }
    join_process(tid, pid);
    collected(pid);
}

/* Without a siginfo the call does not say whom it collected. */
static void join_dead_children(ThreadId tid)
{
    Int parent = ig_me(tid)->pid;
    for (UInt id = 0; id < ig_task_count(); id++) {
        if (!ig_head->task[id])
            continue;
        const struct ig_task *task = ig_task_at(id);
        if (task->parent && ig_task_at(task->parent - 1)->pid == parent && task->pid != parent &&
            !still_there(task->pid))
            join_process(tid, task->pid);
    }
}

static void after_waitid(ThreadId tid, UWord *args, SysRes res)
{
    const vki_siginfo_t *info = (const void *)args[2];
    if (sr_isError(res))
        return;
    if (!info) {
        join_dead_children(tid);
        return;
    }
    Int pid = info->_sifields._sigchld._pid;
    if (pid <= 0 || info->si_code < 1 || info->si_code > CLD_LAST_DEATH)
        return;
    join_process(tid, pid);
    if (!(args[3] & KEEP_WAITABLE))
        collected(pid);
}

static const struct ig_call calls[] = {
    {.number = __NR_fork, .post = after_fork},
    {.number = __NR_vfork, .pre = before_vfork, .post = after_fork},
    {.number = __NR_clone, .pre = before_clone, .post = after_clone},
    {.number = __NR_execve, .pre = before_exec, .post = after_exec},
    {.number = __NR_execveat, .pre = before_exec, .post = after_exec},
    {.number = __NR_exit_group, .pre = before_exit},
    {.number = __NR_wait4, .post = after_wait4},
    {.number = __NR_waitid, .post = after_waitid},
    {.number = 0},
};
static const struct ig_edge process = {.name = "process", .calls = calls};
IG_EDGE(process);
#endif
