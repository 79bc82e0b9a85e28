/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks whose holders may die; who is alive. */
#include "ig_lock.h"

#include "ig_session.h"
#include "ig_vgcore.h"
#include "pub_tool_libcbase.h"  // VG_(strrchr)()
#include "pub_tool_libcfile.h"  // VG_(open)()
#include "pub_tool_libcprint.h" // VG_(sprintf)()
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_sched_yield

enum {
    SPINS = 200,      /* before the first look */
    LOOKS = 400,      /* each after a pause; together about two seconds */
    START_FIELD = 20, /* of /proc/PID/stat, counted from the state */
};

ULong ig_thread_start(Int pid, Int tid, HChar *state)
{
    HChar text[512];
    VG_(sprintf)(text, "/proc/%d/task/%d/stat", pid, tid);
    Int fd = VG_(fd_open)(text, VKI_O_RDONLY, 0);
    if (fd < 0)
        return 0;
    Int n = VG_(read)(fd, text, sizeof(text) - 1);
    VG_(close)(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    /* the name in parentheses may hold anything, blanks and parentheses too */
    HChar *p = VG_(strrchr)(text, ')');
    if (!p || !p[1] || !p[2])
        return 0;
    p += 2;
    if (state)
        *state = *p;
    for (Int field = 1; field < START_FIELD && *p; p++)
        if (*p == ' ')
            field++;
    return (ULong)VG_(strtoll10)(p, NULL);
}

enum ig_life ig_task_life(UInt id)
{
    const struct ig_task *task = IG_AT(struct ig_task, ig_head->task[id]);
    HChar state = 'X';
    if (task->state == IG_TASK_ENDED)
        return IG_DEAD;
    if (task->state == IG_TASK_NEW)
        return IG_ALIVE;
    if (ig_thread_start(task->pid, task->tid, &state) != task->start)
        return IG_DEAD;
    switch (state) {
    case 'Z':
    case 'X':
    case 'x':
        return IG_DEAD;
    case 'T':
    case 't':
        return IG_STOPPED;
    default:
        return IG_ALIVE;
    }
}

static Bool take(struct ig_lock *lock, UInt from, UInt me)
{
    return __atomic_compare_exchange_n(&lock->owner, &from, me + 1, False, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

static enum ig_locked wait_for(struct ig_lock *lock, UInt me)
{
    for (UInt look = 0; look < LOOKS; look++) {
        UInt owner = __atomic_load_n(&lock->owner, __ATOMIC_RELAXED);
        if (owner == 0) {
            if (take(lock, 0, me))
                return IG_LOCKED;
            continue;
        }
        switch (ig_task_life(owner - 1)) {
        case IG_DEAD:
            if (take(lock, owner, me)) {
                __atomic_fetch_add(&ig_head->stolen, 1, __ATOMIC_RELAXED);
                return IG_LOCKED_STOLEN;
            }
            break;
        case IG_STOPPED:
            /* it may have let go just before it stopped */
            if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == owner)
                return IG_NOT_LOCKED;
            break;
        case IG_ALIVE:
            VG_(poll)(NULL, 0, look < 20 ? 0 : 5);
            IG_CALL(__NR_sched_yield, 0, 0, 0, 0, 0);
            break;
        }
    }
    return IG_NOT_LOCKED;
}

enum ig_locked ig_lock(struct ig_lock *lock, UInt me)
{
    for (UInt spin = 0; spin < SPINS; spin++) {
        if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == 0 && take(lock, 0, me))
            return IG_LOCKED;
        __builtin_ia32_pause();
    }
    enum ig_locked got = wait_for(lock, me);
    if (got == IG_NOT_LOCKED)
        ig_session_partial(IG_PARTIAL_STOPPED);
    return got;
}

void ig_unlock(struct ig_lock *lock, UInt me)
{
    UInt mine = me + 1;
    __atomic_compare_exchange_n(&lock->owner, &mine, 0, False, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}
