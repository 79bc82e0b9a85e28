/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flock and the locks of fcntl, POSIX and OFD: giving back -> taking. The key is the file, not the
 * range: two ranges order too much, never too little. Shared holders do not order each other. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "pub_tool_aspacemgr.h" // VG_(am_is_valid_for_client)()
#include "pub_tool_libcfile.h"  // VG_(fstat)()
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_flock

enum { SHARED = 1, EXCLUSIVE = 2, UNLOCK = 8, MOST_HELD = 128 };
enum { SETLK = 6, SETLKW = 7, OFD_SETLK = 37, OFD_SETLKW = 38, F_READ = 0, F_WRITE = 1 };

/* What this process, or its parent before the fork, has locked. */
static struct held {
    ULong dev, ino;
    UInt how;
} held[MOST_HELD];
static UInt held_count;

static struct held *find(ULong dev, ULong ino, Bool add)
{
    for (UInt i = 0; i < held_count; i++)
        if (held[i].dev == dev && held[i].ino == ino)
            return &held[i];
    if (!add || held_count == MOST_HELD)
        return NULL;
    held[held_count].dev = dev;
    held[held_count].ino = ino;
    held[held_count].how = 0;
    return &held[held_count++];
}

static struct ig_key key_of(enum ig_sync_kind kind, const struct vg_stat *st)
{
    return ig_key_of(kind, st->dev, st->ino);
}

/* With no record of how it was held, both ways. */
static void give_back(ThreadId tid, ULong dev, ULong ino)
{
    const struct held *h = find(dev, ino, False);
    struct ig_key writers = ig_key_of(IG_SYNC_FILE_LOCK, dev, ino);
    struct ig_key readers = ig_key_of(IG_SYNC_FILE_READERS, dev, ino);
    UInt how = h ? h->how : EXCLUSIVE | SHARED;
    if (how & EXCLUSIVE)
        ig_release(tid, &writers);
    if (how & SHARED)
        ig_release(tid, &readers);
}

static void taken(ThreadId tid, const struct vg_stat *st, UInt how)
{
    struct ig_key writers = key_of(IG_SYNC_FILE_LOCK, st);
    struct ig_key readers = key_of(IG_SYNC_FILE_READERS, st);
    struct held *h = find(st->dev, st->ino, True);
    ig_acquire(tid, &writers);
    if (how & EXCLUSIVE)
        ig_acquire(tid, &readers);
    ig_acquire_dead(tid, False); /* whoever was killed lost its locks, too */
    if (h)
        h->how |= how;
}

/* A lock that is changed into another one gives the old one back, too. */
static void before_flock(ThreadId tid, UWord *args)
{
    struct vg_stat st;
    if (VG_(fstat)((Int)args[0], &st) == 0 && (find(st.dev, st.ino, False) || args[1] & UNLOCK))
        give_back(tid, st.dev, st.ino);
}

static void after_flock(ThreadId tid, UWord *args, SysRes res)
{
    struct vg_stat st;
    UInt how = (UInt)args[1] & (SHARED | EXCLUSIVE);
    if (sr_isError(res) || VG_(fstat)((Int)args[0], &st) != 0)
        return;
    struct held *h = find(st.dev, st.ino, False);
    if (h)
        h->how = 0; /* one lock for the file */
    if (how)
        taken(tid, &st, how);
}

static const struct vki_flock *lock_of(const UWord *args)
{
    Bool locks =
        args[1] == SETLK || args[1] == SETLKW || args[1] == OFD_SETLK || args[1] == OFD_SETLKW;
    if (!locks || !VG_(am_is_valid_for_client)(args[2], sizeof(struct vki_flock), VKI_PROT_READ))
        return NULL;
    return (const void *)args[2];
}

static void before_fcntl(ThreadId tid, UWord *args)
{
    struct vg_stat st;
    if (lock_of(args) && VG_(fstat)((Int)args[0], &st) == 0 &&
        (find(st.dev, st.ino, False) ||
         (lock_of(args)->l_type != F_READ && lock_of(args)->l_type != F_WRITE)))
        give_back(tid, st.dev, st.ino);
}

static void after_fcntl(ThreadId tid, UWord *args, SysRes res)
{
    struct vg_stat st;
    const struct vki_flock *lock = lock_of(args);
    if (sr_isError(res) || !lock || VG_(fstat)((Int)args[0], &st) != 0)
        return;
    if (lock->l_type == F_READ)
        taken(tid, &st, SHARED);
    else if (lock->l_type == F_WRITE)
        taken(tid, &st, EXCLUSIVE);
}

/* Any close of the file drops its POSIX locks, the last one that of flock. */
static void before_close(ThreadId tid, UWord *args)
{
    struct vg_stat st;
    if (held_count && VG_(fstat)((Int)args[0], &st) == 0 && find(st.dev, st.ino, False))
        give_back(tid, st.dev, st.ino);
}

static void leave(ThreadId tid, Bool exec)
{
    for (UInt i = 0; i < held_count; i++)
        give_back(tid, held[i].dev, held[i].ino);
}

static const struct ig_call calls[] = {
    {.number = __NR_flock, .pre = before_flock, .post = after_flock},
    {.number = __NR_fcntl, .pre = before_fcntl, .post = after_fcntl},
    {.number = __NR_close, .pre = before_close},
    {.number = 0},
};
static const struct ig_edge filelock = {.name = "filelock", .calls = calls, .leave = leave};
IG_EDGE(filelock);
#endif
