/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Task records: threads of all traced processes. */
#include "ig_task.h"

#include "ig_clock.h"
#include "ig_lock.h"
#include "ig_session.h"
#include "libvex_guest_amd64.h"
#include "libvex_guest_offsets.h" // OFFSET_amd64_*
#include "pub_tool_libcassert.h"  // tl_assert()
#include "pub_tool_libcproc.h"    // VG_(getpid)()
#include "pub_tool_machine.h"     // VG_(get_shadow_regs_area)()
#include "pub_tool_mallocfree.h"  // VG_(calloc)()
#include "pub_tool_threadstate.h"

static struct ig_thread *threads;

struct ig_thread *ig_thread(ThreadId tid)
{
    return threads ? &threads[tid] : NULL;
}

struct ig_task *ig_me(ThreadId tid)
{
    if (!threads || tid >= VG_N_THREADS || !ig_session_works())
        return NULL;
    return threads[tid].task;
}

struct ig_task *ig_task_at(UInt id)
{
    return IG_AT(struct ig_task, ig_head->task[id]);
}

UInt ig_task_count(void)
{
    UInt n = __atomic_load_n(&ig_head->tasks, __ATOMIC_ACQUIRE);
    return n < IG_MAX_TASKS ? n : IG_MAX_TASKS;
}

static struct ig_task *make(const struct ig_task *parent)
{
    ig_ref ref = ig_new(sizeof(struct ig_task));
    if (!ref)
        return NULL;
    UInt id = __atomic_fetch_add(&ig_head->tasks, 1, __ATOMIC_SEQ_CST);
    if (id >= IG_MAX_TASKS) {
        ig_session_break(IG_TASKS_OUT);
        return NULL;
    }
    struct ig_task *task = IG_AT(struct ig_task, ref);
    task->id = id;
    if (parent) {
        task->parent = parent->id + 1;
        task->program = parent->program;
        ig_vc_join(&task->vc, parent->vc);
    }
    if (!ig_vc_set(&task->vc, id, 1))
        return NULL;
    __atomic_store_n(&ig_head->task[id], ref, __ATOMIC_RELEASE);
    return task;
}

void ig_task_identify(struct ig_task *task)
{
    task->pid = VG_(getpid)();
    task->tid = VG_(gettid)();
    task->start = ig_thread_start(task->pid, task->tid, NULL);
    __atomic_store_n(&task->state, IG_TASK_RUNNING, __ATOMIC_RELEASE);
}

static struct ig_task *left_by_exec(void)
{
    Int pid = VG_(getpid)();
    struct ig_task *found = NULL;
    for (UInt id = 0; id < ig_task_count(); id++) {
        if (!ig_head->task[id])
            continue;
        struct ig_task *task = ig_task_at(id);
        if (task->pid == pid && task->state == IG_TASK_EXEC &&
            task->start == ig_thread_start(pid, pid, NULL))
            found = task;
    }
    return found;
}

static ig_ref program_name(void)
{
    HChar name[512];
    VG_(client_fname)(name, sizeof(name), True);
    return ig_string(name);
}

void ig_task_start(void)
{
    threads = VG_(calloc)("ig.threads", VG_N_THREADS, sizeof(*threads));
    __atomic_fetch_add(&ig_head->started, 1, __ATOMIC_SEQ_CST);
    struct ig_task *task = left_by_exec();
    if (task)
        task->programs++;
    else
        task = make(NULL);
    if (!task)
        return;
    task->program = program_name();
    ig_task_identify(task);
    threads[1].task = task;
}

struct ig_task *ig_task_new(ThreadId tid)
{
    struct ig_task *me = ig_me(tid);
    if (!me)
        return NULL;
    struct ig_task *task = make(me);
    ig_task_tick(me);
    return task;
}

void ig_task_adopt(ThreadId tid, struct ig_task *task)
{
    struct ig_thread mine = threads[tid];
    for (UInt i = 0; i < VG_N_THREADS; i++)
        threads[i].task = NULL;
    threads[tid] = mine;
    threads[tid].task = task;
    if (task)
        ig_task_identify(task);
}

void ig_task_thread(ThreadId child, struct ig_task *task)
{
    static const struct ig_thread none;
    if (threads) {
        threads[child] = none;
        threads[child].task = task;
    }
}

static void end(struct ig_task *task)
{
    if (task)
        __atomic_store_n(&task->state, IG_TASK_ENDED, __ATOMIC_RELEASE);
}

void ig_task_end(ThreadId tid)
{
    if (threads) {
        end(threads[tid].task);
        threads[tid].task = NULL;
    }
}

void ig_task_end_all(void)
{
    for (UInt i = 0; threads && i < VG_N_THREADS; i++)
        ig_task_end(i);
}

void ig_task_end_others(ThreadId tid)
{
    for (UInt i = 0; threads && i < VG_N_THREADS; i++)
        if (i != tid)
            ig_task_end(i);
}

void ig_task_tick(struct ig_task *task)
{
    UInt clock = ig_vc_get(task->vc, task->id) + 1;
    if (clock == 0) {
        ig_session_break(IG_CLOCK_OUT);
        return;
    }
    ig_vc_set(&task->vc, task->id, clock);
    task->ended[(clock - 1) % IG_EPOCHS] = (UChar)task->ending;
    task->lock_in[clock % IG_EPOCHS] = task->lock;
    task->ending = 0;
}

Bool ig_task_ordered(const struct ig_task *me, ULong word)
{
    UInt task = IG_WORD_TASK(word);
    return task == me->id || IG_WORD_CLOCK(word) <= ig_vc_get(me->vc, task);
}
