/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No edge: calls that change what is shared. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_object.h"
#include "ig_stack.h"
#include "ig_vgcore.h"
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_mmap

enum { STATX_BTIME_BIT = 0x800, AT_EMPTY = 0x1000, MAP_TYPE_MASK = 3, BTIME_WORD = 10 };

/* Creation time of the file behind @fd, 0 when the file system does not keep it. */
static ULong birth(Int fd)
{
    static ULong st[32]; /* struct statx: stx_mask is its first half-word, stx_btime at 80 */
    SysRes res = IG_CALL(__NR_statx, fd, "", AT_EMPTY, STATX_BTIME_BIT, st);
    if (sr_isError(res) || !((UInt)st[0] & STATX_BTIME_BIT))
        return 0;
    return st[BTIME_WORD] * 1000000000ull + (UInt)st[BTIME_WORD + 1];
}

static void after_mmap(ThreadId tid, UWord *args, SysRes res)
{
    if (sr_isError(res))
        return;
    Bool shared = (args[3] & MAP_TYPE_MASK) != VKI_MAP_PRIVATE;
    if (!shared && !ig_object_touches(sr_Res(res), args[1]))
        return;
    Bool file = shared && !(args[3] & VKI_MAP_ANONYMOUS);
    ig_object_rescan(sr_Res(res), file ? birth((Int)args[4]) : 0);
}

static void after_unmap(ThreadId tid, UWord *args, SysRes res)
{
    ig_stack_forget();
    if (!sr_isError(res) && ig_object_touches(args[0], args[1]))
        ig_object_rescan(0, 0);
}

static void after_remap(ThreadId tid, UWord *args, SysRes res)
{
    if (!sr_isError(res))
        ig_object_rescan(0, 0);
}

static const struct ig_call calls[] = {
    {.number = __NR_mmap, .post = after_mmap},    {.number = __NR_munmap, .post = after_unmap},
    {.number = __NR_mremap, .post = after_remap}, {.number = __NR_shmat, .post = after_remap},
    {.number = __NR_shmdt, .post = after_remap},  {.number = 0},
};
static const struct ig_edge memory = {.name = "memory", .calls = calls};
IG_EDGE(memory);
#endif
