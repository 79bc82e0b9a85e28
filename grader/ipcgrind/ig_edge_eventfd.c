/* SPDX-License-Identifier: GPL-2.0-or-later */
/* eventfd: every write so far -> a read. All of them share one inode; what tells them apart is the
 * number in fdinfo. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "pub_tool_libcbase.h"  // VG_(strstr)()
#include "pub_tool_libcfile.h"  // VG_(fstat)()
#include "pub_tool_libcprint.h" // VG_(sprintf)()
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_read

enum { TYPE_MASK = 0170000, INFO = 512 };

static Bool is_eventfd(Int fd, struct ig_key *key)
{
    static const HChar word[] = "eventfd-id:";
    HChar text[INFO];
    struct vg_stat st;
    if (fd < 0 || VG_(fstat)(fd, &st) != 0 || (st.mode & TYPE_MASK) != 0)
        return False; /* what has no type is a file of the kernel's own */
    VG_(sprintf)(text, "/proc/self/fdinfo/%d", fd);
    Int info = VG_(fd_open)(text, VKI_O_RDONLY, 0);
    if (info < 0)
        return False;
    Int n = VG_(read)(info, text, INFO - 1);
    VG_(close)(info);
    text[n > 0 ? n : 0] = '\0';
    const HChar *at = VG_(strstr)(text, word);
    if (!at)
        return False;
    at += sizeof(word) - 1;
    while (*at == ' ' || *at == '\t')
        at++;
    *key = ig_key_of(IG_SYNC_EVENTFD, (ULong)VG_(strtoll10)(at, NULL), 0);
    return True;
}

static void before_write(ThreadId tid, UWord *args)
{
    struct ig_key key;
    if (is_eventfd((Int)args[0], &key))
        ig_release(tid, &key);
}

static void after_read(ThreadId tid, UWord *args, SysRes res)
{
    struct ig_key key;
    if (!sr_isError(res) && is_eventfd((Int)args[0], &key))
        ig_acquire(tid, &key);
}

static const struct ig_call calls[] = {
    {.number = __NR_read, .post = after_read},
    {.number = __NR_readv, .post = after_read},
    {.number = __NR_write, .pre = before_write},
    {.number = __NR_writev, .pre = before_write},
    {.number = 0},
};
static const struct ig_edge eventfd_edge = {.name = "eventfd", .calls = calls};
IG_EDGE(eventfd_edge);
#endif
