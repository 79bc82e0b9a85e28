/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the System V segments of one number. */
#include "ig_segment.h"

#include "ig_edge.h"
#include "ig_edge_impl.h"
#include "ig_vgcore.h"
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_shmctl

enum { STAT = 2 };

/* Of the record of a number: `known` says that its segment has been attached, `written` how many
 * there were before it. */
static struct ig_sync *enter(ThreadId tid, Int id)
{
    struct ig_key key = ig_key_of(IG_SYNC_SEGMENT, (UInt)id, 0);
    return ig_sync_enter(tid, &key);
}

static Bool never_attached(Int id)
{
    struct vki_shmid64_ds ds;
    SysRes res = IG_CALL(__NR_shmctl, id, STAT, &ds, 0, 0);
    return !sr_isError(res) && ds.shm_atime == 0;
}

/* Under the lock: whoever has said that it is attached has attached it, and the kernel knows. */
void ig_segment_look(ThreadId tid, Int id)
{
    struct ig_sync *sync = enter(tid, id);
    if (!sync)
        return;
    if (sync->known && never_attached(id)) {
        sync->known = 0;
        sync->written++;
    }
    ig_sync_leave(tid, sync);
}

ULong ig_segment_attached(ThreadId tid, Int id)
{
    struct ig_sync *sync = enter(tid, id);
    if (!sync)
        return 0;
    sync->known = 1;
    ULong before = sync->written;
    ig_sync_leave(tid, sync);
    return before;
}
