/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pipes and FIFOs: each byte's write -> its read; the last close of the write end -> end of file;
 * of the read end -> EPIPE; opening one end of a FIFO -> opening the other. */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_session.h"
#include "ig_vgcore.h"
#include "pub_tool_aspacemgr.h" // VG_(am_is_valid_for_client)()
#include "pub_tool_libcbase.h"  // VG_(strtoll10)()
#include "pub_tool_libcfile.h"  // VG_(fstat)()
#include "pub_tool_libcproc.h"  // VG_(getpid)()
#include "pub_tool_mallocfree.h"
#include "pub_tool_threadstate.h" // VG_N_THREADS
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_read

enum { TYPE_MASK = 0170000, TYPE_FIFO = 0010000, EPIPE_NUMBER = 32, DUMP = 4096 };

/* The call that a thread is in. */
static struct flight {
    enum { NO_CALL, READING, WRITING } what;
    struct ig_key key;
    ULong wanted;
    ULong from;
} * flights;

static Bool is_fifo(Int fd, enum ig_sync_kind kind, struct ig_key *key)
{
    struct vg_stat st;
    if (fd < 0 || VG_(fstat)(fd, &st) != 0 || (st.mode & TYPE_MASK) != TYPE_FIFO)
        return False;
    *key = ig_key_of(kind, st.dev, st.ino);
    return True;
}

static struct flight *flight_of(ThreadId tid)
{
    if (!flights)
        flights = VG_(calloc)("ig.flights", VG_N_THREADS, sizeof(*flights));
    return &flights[tid];
}

/* A call that a signal broke off and that starts again never had its end. */
static struct flight *take_off(ThreadId tid)
{
    struct flight *f = flight_of(tid);
    if (f->what == READING)
        ig_stream_read_end(tid, &f->key, f->wanted, f->from, 0);
    else if (f->what == WRITING)
        ig_stream_write_end(tid, &f->key, 0);
    f->what = NO_CALL;
    return f;
}

static void before_write(ThreadId tid, UWord *args)
{
    struct flight *f = take_off(tid);
    if (!is_fifo((Int)args[0], IG_SYNC_PIPE, &f->key))
        return;
    f->what = WRITING;
    ig_stream_write_begin(tid, &f->key);
}

static void after_write(ThreadId tid, UWord *args, SysRes res)
{
    struct flight *f = flight_of(tid);
    if (f->what != WRITING)
        return;
    f->what = NO_CALL;
    ig_stream_write_end(tid, &f->key, sr_isError(res) ? 0 : sr_Res(res));
    if (sr_isError(res) && sr_Err(res) == EPIPE_NUMBER) {
        f->key.kind = IG_SYNC_PIPE_EPIPE;
        ig_acquire(tid, &f->key);
    }
}

static void start_read(ThreadId tid, Int fd, ULong wanted)
{
    struct flight *f = take_off(tid);
    if (!is_fifo(fd, IG_SYNC_PIPE, &f->key))
        return;
    f->what = READING;
    f->wanted = wanted;
    f->from = ig_stream_read_begin(tid, &f->key, wanted, fd);
}

static void before_read(ThreadId tid, UWord *args)
{
    start_read(tid, (Int)args[0], args[2]);
}

static void before_readv(ThreadId tid, UWord *args)
{
    const struct vki_iovec *iov = (const void *)args[1];
    ULong wanted = 0;
    if (args[2] <= 1024 &&
        VG_(am_is_valid_for_client)((Addr)iov, args[2] * sizeof(*iov), VKI_PROT_READ))
        for (UWord i = 0; i < args[2]; i++)
            wanted += iov[i].iov_len;
    start_read(tid, (Int)args[0], wanted);
}

static void after_read(ThreadId tid, UWord *args, SysRes res)
{
    struct flight *f = flight_of(tid);
    if (f->what != READING)
        return;
    f->what = NO_CALL;
    ig_stream_read_end(tid, &f->key, f->wanted, f->from, sr_isError(res) ? 0 : sr_Res(res));
    if (!sr_isError(res) && sr_Res(res) == 0 && f->wanted > 0) {
        f->key.kind = IG_SYNC_PIPE_EOF;
        ig_acquire(tid, &f->key);
        ig_acquire_dead(tid, False); /* whoever was killed closed its ends, too */
    }
}

/* @fd goes away: what was done before is seen by whoever finds the other end alone. */
static void closing(ThreadId tid, Int fd)
{
    struct ig_key key;
    if (!is_fifo(fd, IG_SYNC_PIPE_EOF, &key))
        return;
    SysRes res = IG_CALL(__NR_fcntl, fd, VKI_F_GETFL, 0, 0, 0);
    UWord mode = sr_isError(res) ? VKI_O_RDWR : sr_Res(res) & VKI_O_ACCMODE;
    if (mode != VKI_O_RDONLY)
        ig_release(tid, &key);
    key.kind = IG_SYNC_PIPE_EPIPE;
    if (mode != VKI_O_WRONLY)
        ig_release(tid, &key);
}

static void before_close(ThreadId tid, UWord *args)
{
    closing(tid, (Int)args[0]);
}

static void before_dup(ThreadId tid, UWord *args)
{
    if (args[0] != args[1])
        closing(tid, (Int)args[1]);
}

static void closing_range(ThreadId tid, UWord from, UWord to)
{
    static HChar buffer[DUMP];
    Int n;
    Int fd = VG_(fd_open)("/proc/self/fd", VKI_O_RDONLY, 0);
    if (fd < 0)
        return;
    while ((n = VG_(getdents64)(fd, (void *)buffer, DUMP)) > 0) {
        for (Int at = 0; at < n;) {
            const struct vki_dirent64 *d = (const void *)(buffer + at);
            UWord number = (UWord)VG_(strtoll10)(d->d_name, NULL);
            if (d->d_name[0] != '.' && number >= from && number <= to)
                closing(tid, (Int)number);
            at += d->d_reclen;
        }
    }
    VG_(close)(fd);
}

static void before_close_range(ThreadId tid, UWord *args)
{
    closing_range(tid, args[0], args[1]);
}

/* exec closes some of them; which ones is not worth a look. */
static void leave(ThreadId tid, Bool exec)
{
    closing_range(tid, 0, ~0ul);
}

/* Opening: both sides wait for each other. */
static void before_open_path(ThreadId tid, UWord path, UWord flags)
{
    struct vg_stat st;
    if (!VG_(am_is_valid_for_client)(path, 1, VKI_PROT_READ) ||
        sr_isError(VG_(stat)((const HChar *)path, &st)) || (st.mode & TYPE_MASK) != TYPE_FIFO)
        return;
    struct ig_key key = ig_key_of(IG_SYNC_FIFO_OPEN, st.dev, st.ino);
    key.extra = (UInt)(flags & VKI_O_ACCMODE);
    ig_release(tid, &key);
}

static void before_open(ThreadId tid, UWord *args)
{
    before_open_path(tid, args[0], args[1]);
}

static void before_openat(ThreadId tid, UWord *args)
{
    before_open_path(tid, args[1], args[2]);
}

static void after_open(ThreadId tid, UWord flags, SysRes res)
{
    struct ig_key key;
    if (sr_isError(res) || !is_fifo((Int)sr_Res(res), IG_SYNC_FIFO_OPEN, &key))
        return;
    for (UInt mode = VKI_O_RDONLY; mode <= VKI_O_RDWR; mode++) {
        key.extra = mode;
        if (mode != (flags & VKI_O_ACCMODE) || mode == VKI_O_RDWR)
            ig_acquire(tid, &key);
    }
}

static void after_open2(ThreadId tid, UWord *args, SysRes res)
{
    after_open(tid, args[1], res);
}

static void after_openat(ThreadId tid, UWord *args, SysRes res)
{
    after_open(tid, args[2], res);
}

static void before_splice(ThreadId tid, UWord *args)
{
    struct ig_key key;
    if (is_fifo((Int)args[0], IG_SYNC_PIPE, &key) || is_fifo((Int)args[1], IG_SYNC_PIPE, &key) ||
        is_fifo((Int)args[2], IG_SYNC_PIPE, &key))
        ig_session_partial(IG_PARTIAL_SPLICE);
}

static const struct ig_call calls[] = {
    {.number = __NR_read, .pre = before_read, .post = after_read},
    {.number = __NR_readv, .pre = before_readv, .post = after_read},
    {.number = __NR_write, .pre = before_write, .post = after_write},
    {.number = __NR_writev, .pre = before_write, .post = after_write},
    {.number = __NR_close, .pre = before_close},
    {.number = __NR_close_range, .pre = before_close_range},
    {.number = __NR_dup2, .pre = before_dup},
    {.number = __NR_dup3, .pre = before_dup},
    {.number = __NR_open, .pre = before_open, .post = after_open2},
    {.number = __NR_openat, .pre = before_openat, .post = after_openat},
    {.number = __NR_splice, .pre = before_splice},
    {.number = __NR_tee, .pre = before_splice},
    {.number = __NR_vmsplice, .pre = before_splice},
    {.number = __NR_sendfile, .pre = before_splice},
    {.number = 0},
};
static const struct ig_edge pipe_edge = {.name = "pipe", .calls = calls, .leave = leave};
IG_EDGE(pipe_edge);
#endif
