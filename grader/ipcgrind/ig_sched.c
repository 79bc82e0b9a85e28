/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Yields and short delays, decided by the seed. */
#include "ig_sched.h"

#include "ig_session.h"
#include "ig_task.h"
#include "ig_vgcore.h"
#include "pub_tool_libcfile.h" // VG_(poll)()
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_sched_yield

enum { MOST_DELAYS = 200, MOST_YIELDS = 400 };

/* splitmix64 */
static ULong draw(struct ig_thread *thread)
{
    if (thread->steps == 0)
        thread->random = (ULong)ig_head->seed << 32 ^ thread->task->id;
    thread->steps++;
    ULong z = thread->random += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

static void maybe(ThreadId tid, UInt yield_in, UInt delay_in)
{
    struct ig_thread *thread = ig_thread(tid);
    if (!thread || !thread->task || ig_head->seed == 0 || thread->steps >= IG_SCHED_POINTS)
        return;
    ULong z = draw(thread);
    if (z % delay_in == 0 && thread->delays < MOST_DELAYS) {
        thread->delays++;
        VG_(poll)(NULL, 0, (Int)(1 + (z >> 32) % 3));
    } else if (z % yield_in == 0 && thread->yields < MOST_YIELDS) {
        thread->yields++;
        IG_CALL(__NR_sched_yield, 0, 0, 0, 0, 0);
    }
}

void ig_sched_point(ThreadId tid)
{
    maybe(tid, 31, 401);
}

void ig_sched_sync(ThreadId tid)
{
    maybe(tid, 5, 29);
}
