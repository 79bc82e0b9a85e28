/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No edge: calls that change what is shared. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_object.h"
#include "ig_segment.h"
#include "ig_session.h"
#include "ig_stack.h"
#include "ig_vgcore.h"
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_mmap

enum { STATX_BTIME_BIT = 0x800, AT_EMPTY = 0x1000, MAP_TYPE_MASK = 3, BTIME_WORD = 10 };
enum { HANDLE_BYTES = 128 }; /* MAX_HANDLE_SZ */

/* Creation time of the file behind @fd, 0 when the file system does not keep it. */
static ULong birth(Int fd)
{
    static ULong st[32]; /* struct statx: stx_mask is its first half-word, stx_btime at 80 */
    SysRes res = IG_CALL(__NR_statx, fd, "", AT_EMPTY, STATX_BTIME_BIT, st);
    if (sr_isError(res) || !((UInt)st[0] & STATX_BTIME_BIT))
        return 0;
    return st[BTIME_WORD] * 1000000000ull + (UInt)st[BTIME_WORD + 1];
}

/* Tells the file behind @fd from an earlier one with its inode number: its handle, which counts how
 * often the number was given away, and its birth, which may be the same within one clock tick. */
static ULong generation_of(Int fd)
{
    static struct {
        UInt size;
        Int type;
        UChar bytes[HANDLE_BYTES];
    } handle;
    Int mount = 0;
    handle.size = HANDLE_BYTES;
    SysRes res = IG_CALL(__NR_name_to_handle_at, fd, "", &handle, &mount, AT_EMPTY);
    if (sr_isError(res) || handle.size > HANDLE_BYTES)
        handle.size = 0;
    return birth(fd) ^ (ULong)ig_hash(0, handle.bytes, handle.size) << 32;
}

static void after_mmap(ThreadId tid, UWord *args, SysRes res)
{
    if (sr_isError(res))
        return;
    struct ig_fresh fresh = {.start = sr_Res(res)};
    Bool shared = (args[3] & MAP_TYPE_MASK) != VKI_MAP_PRIVATE;
    if (!shared && !ig_object_touches(fresh.start, args[1]))
        return;
    if (shared && !(args[3] & VKI_MAP_ANONYMOUS))
        fresh.generation = generation_of((Int)args[4]);
    ig_object_rescan(&fresh);
}

static void after_unmap(ThreadId tid, UWord *args, SysRes res)
{
    ig_stack_forget();
    if (!sr_isError(res) && ig_object_touches(args[0], args[1]))
        ig_object_rescan(NULL);
}

/* The object goes with the mapping, wherever that goes. */
static void after_remap(ThreadId tid, UWord *args, SysRes res)
{
    if (sr_isError(res))
        return;
    const struct ig_map *was = ig_map_at(args[0]);
    struct ig_fresh fresh = {.start = sr_Res(res), .object = was ? was->object : 0};
    if (was || ig_object_touches(fresh.start, args[2]))
        ig_object_rescan(&fresh);
}

static void before_attach(ThreadId tid, UWord *args)
{
    ig_segment_look(tid, (Int)args[0]);
}

static void after_attach(ThreadId tid, UWord *args, SysRes res)
{
    if (sr_isError(res))
        return;
    struct ig_fresh fresh = {.start = sr_Res(res)};
    fresh.generation = ig_segment_attached(tid, (Int)args[0]);
    ig_object_rescan(&fresh);
}

static void after_detach(ThreadId tid, UWord *args, SysRes res)
{
    if (!sr_isError(res))
        ig_object_rescan(NULL);
}

static const struct ig_call calls[] = {
    {.number = __NR_mmap, .post = after_mmap},
    {.number = __NR_munmap, .post = after_unmap},
    {.number = __NR_mremap, .post = after_remap},
    {.number = __NR_shmat, .pre = before_attach, .post = after_attach},
    {.number = __NR_shmdt, .post = after_detach},
    {.number = 0},
};
static const struct ig_edge memory = {.name = "memory", .calls = calls};
IG_EDGE(memory);
#endif
