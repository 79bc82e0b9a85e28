/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets: bytes and messages sent -> received; connect -> accept; close, shutdown -> end of file.
 * Which object it is that an end sends to and receives from is told by ig_socket_find(). */
#include "ig_edge.h"

#ifndef IG_PRELOAD
#include "ig_session.h"
#include "ig_socket.h"
#include "ig_vgcore.h"
#include "pub_tool_aspacemgr.h" // VG_(am_is_valid_for_client)()
#include "pub_tool_libcbase.h"  // VG_(strtoll10)()
#include "pub_tool_libcfile.h"  // VG_(fd_open)()
#include "pub_tool_mallocfree.h"
#include "pub_tool_threadstate.h" // VG_N_THREADS
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_sendto

enum { OPTIONS = 1 /* SOL_SOCKET */, PEEK_OFFSET = 42 /* SO_PEEK_OFF */ };
enum { PEEK = 2, BROKEN = 32 /* EPIPE */, RESET = 104 /* ECONNRESET */, DUMP = 4096 };

/* The call that a thread is in. */
static struct flight {
    enum { NO_CALL, SENDING, RECEIVING } what;
    struct ig_socket socket;
    ULong wanted;
    ULong from;
    Bool peek;
    Bool far; /* SO_PEEK_OFF: it looks further on */
} * flights;

static struct flight *flight_of(ThreadId tid)
{
    if (!flights)
        flights = VG_(calloc)("ig.sockets", VG_N_THREADS, sizeof(*flights));
    return &flights[tid];
}

static void end_send(ThreadId tid, struct flight *f, ULong bytes, Bool gave)
{
    f->what = NO_CALL;
    if (f->socket.shape == IG_SOCKET_STREAM)
        ig_stream_write_end(tid, &f->socket.out, bytes);
    else if (f->socket.shape == IG_SOCKET_MESSAGES)
        ig_queue_done(tid, &f->socket.out, 1, 1, gave);
}

static void end_receive(ThreadId tid, struct flight *f, ULong bytes, Bool got)
{
    f->what = NO_CALL;
    Bool took = got && !f->peek;
    Bool stream = f->socket.shape == IG_SOCKET_STREAM;
    if (stream && f->peek)
        ig_stream_peek_end(tid, &f->socket.in, f->wanted, f->from, bytes);
    else if (stream)
        ig_stream_read_end(tid, &f->socket.in, f->wanted, f->from, bytes);
    else if (f->socket.shape == IG_SOCKET_MESSAGES)
        ig_queue_take(tid, &f->socket.in, 0, took);
    if (got && ((f->peek && !stream) || f->far || f->socket.shape == IG_SOCKET_SHARED))
        ig_acquire(tid, &f->socket.in);
}

/* A call that a signal broke off and that starts again never had its end. */
static struct flight *take_off(ThreadId tid)
{
    struct flight *f = flight_of(tid);
    if (f->what == SENDING)
        end_send(tid, f, 0, False);
    else if (f->what == RECEIVING)
        end_receive(tid, f, 0, False);
    return f;
}

static void start_send(ThreadId tid, Int fd, Addr to)
{
    struct flight *f = take_off(tid);
    if (!ig_socket_find(fd, to, &f->socket))
        return;
    f->what = SENDING;
    if (f->socket.shape == IG_SOCKET_STREAM)
        ig_stream_write_begin(tid, &f->socket.out);
    else if (f->socket.shape == IG_SOCKET_MESSAGES)
        ig_queue_put(tid, &f->socket.out, 1, 1);
    else
        ig_release(tid, &f->socket.out);
}

static Bool looks_far(Int fd)
{
    Int offset = -1;
    Int size = sizeof(offset);
    SysRes res = IG_CALL(__NR_getsockopt, fd, OPTIONS, PEEK_OFFSET, &offset, &size);
    return !sr_isError(res) && offset >= 0;
}

static void start_receive(ThreadId tid, Int fd, ULong wanted, Bool peek)
{
    struct flight *f = take_off(tid);
    if (!ig_socket_find(fd, 0, &f->socket))
        return;
    f->what = RECEIVING;
    f->wanted = wanted;
    f->peek = peek;
    f->far = peek && looks_far(fd);
    if (f->socket.shape == IG_SOCKET_STREAM)
        f->from = ig_stream_read_begin(tid, &f->socket.in, wanted, fd);
    else if (f->socket.shape == IG_SOCKET_MESSAGES)
        ig_queue_want(tid, &f->socket.in);
}

static ULong size_of(Addr at, ULong count)
{
    const struct vki_iovec *iov = (const void *)at;
    ULong size = 0;
    if (count <= 1024 && VG_(am_is_valid_for_client)(at, count * sizeof(*iov), VKI_PROT_READ))
        for (ULong i = 0; i < count; i++)
            size += iov[i].iov_len;
    return size;
}

static const struct vki_msghdr *header_at(Addr a)
{
    if (!VG_(am_is_valid_for_client)(a, sizeof(struct vki_msghdr), VKI_PROT_READ))
        return NULL;
    return (const void *)a;
}

static void before_write(ThreadId tid, UWord *args)
{
    start_send(tid, (Int)args[0], 0);
}

static void before_sendto(ThreadId tid, UWord *args)
{
    start_send(tid, (Int)args[0], args[4]);
}

static void before_sendmsg(ThreadId tid, UWord *args)
{
    const struct vki_msghdr *m = header_at(args[1]);
    start_send(tid, (Int)args[0], m ? (Addr)m->msg_name : 0);
}

/* The other end is closed: what its owner did before is seen. */
static void seen_closed(ThreadId tid, const struct flight *f)
{
    struct ig_key key = f->socket.in;
    key.kind = IG_SYNC_SOCKET_EOF;
    ig_acquire(tid, &key);
    ig_acquire_dead(tid, False);
}

static Bool is_closed(SysRes res)
{
    return sr_isError(res) && (sr_Err(res) == BROKEN || sr_Err(res) == RESET);
}

static void after_send(ThreadId tid, UWord *args, SysRes res)
{
    struct flight *f = flight_of(tid);
    if (f->what != SENDING)
        return;
    end_send(tid, f, sr_isError(res) ? 0 : sr_Res(res), !sr_isError(res));
    if (is_closed(res))
        seen_closed(tid, f);
}

static void before_read(ThreadId tid, UWord *args)
{
    start_receive(tid, (Int)args[0], args[2], False);
}

static void before_readv(ThreadId tid, UWord *args)
{
    start_receive(tid, (Int)args[0], size_of(args[1], args[2]), False);
}

static void before_recvfrom(ThreadId tid, UWord *args)
{
    start_receive(tid, (Int)args[0], args[2], (args[3] & PEEK) != 0);
}

static void before_recvmsg(ThreadId tid, UWord *args)
{
    const struct vki_msghdr *m = header_at(args[1]);
    ULong wanted = m ? size_of((Addr)m->msg_iov, m->msg_iovlen) : 0;
    start_receive(tid, (Int)args[0], wanted, (args[2] & PEEK) != 0);
}

static void after_receive(ThreadId tid, UWord *args, SysRes res)
{
    struct flight *f = flight_of(tid);
    if (f->what != RECEIVING)
        return;
    end_receive(tid, f, sr_isError(res) ? 0 : sr_Res(res), !sr_isError(res));
    if (is_closed(res) || (!sr_isError(res) && sr_Res(res) == 0))
        seen_closed(tid, f);
}

static void before_many(ThreadId tid, UWord *args)
{
    ig_session_partial(IG_PARTIAL_CALL);
}

/* Bytes of a file that go out unseen: the receiver is ordered all the same. */
static void before_sendfile(ThreadId tid, UWord *args)
{
    struct ig_socket s;
    if (ig_socket_find((Int)args[0], 0, &s))
        ig_session_partial(IG_PARTIAL_SPLICE);
}

static void closing(ThreadId tid, Int fd)
{
    struct ig_socket s;
    if (!ig_socket_find(fd, 0, &s))
        return;
    s.out.kind = IG_SYNC_SOCKET_EOF;
    ig_release(tid, &s.out);
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

static void leave(ThreadId tid, Bool exec)
{
    static HChar buffer[DUMP];
    Int n;
    Int fd = VG_(fd_open)("/proc/self/fd", VKI_O_RDONLY, 0);
    if (fd < 0)
        return;
    while ((n = VG_(getdents64)(fd, (void *)buffer, DUMP)) > 0) {
        for (Int at = 0; at < n;) {
            const struct vki_dirent64 *d = (const void *)(buffer + at);
            if (d->d_name[0] != '.')
                closing(tid, (Int)VG_(strtoll10)(d->d_name, NULL));
            at += d->d_reclen;
        }
    }
    VG_(close)(fd);
}

/* One clock for all listeners: connections are few. */
static void before_connect(ThreadId tid, UWord *args)
{
    struct ig_key key = ig_key_of(IG_SYNC_CONNECT, 0, 0);
    ig_release(tid, &key);
}

static void after_accept(ThreadId tid, UWord *args, SysRes res)
{
    struct ig_key key = ig_key_of(IG_SYNC_CONNECT, 0, 0);
    if (!sr_isError(res))
        ig_acquire(tid, &key);
}

static void after_pair(ThreadId tid, UWord *args, SysRes res)
{
    const Int *fds = (const void *)args[3];
    if (!sr_isError(res))
        ig_socket_pair(tid, fds[0], fds[1]);
}

static const struct ig_call calls[] = {
    {.number = __NR_read, .pre = before_read, .post = after_receive},
    {.number = __NR_readv, .pre = before_readv, .post = after_receive},
    {.number = __NR_recvfrom, .pre = before_recvfrom, .post = after_receive},
    {.number = __NR_recvmsg, .pre = before_recvmsg, .post = after_receive},
    {.number = __NR_write, .pre = before_write, .post = after_send},
    {.number = __NR_writev, .pre = before_write, .post = after_send},
    {.number = __NR_sendto, .pre = before_sendto, .post = after_send},
    {.number = __NR_sendmsg, .pre = before_sendmsg, .post = after_send},
    {.number = __NR_sendmmsg, .pre = before_many},
    {.number = __NR_recvmmsg, .pre = before_many},
    {.number = __NR_sendfile, .pre = before_sendfile},
    {.number = __NR_close, .pre = before_close},
    {.number = __NR_shutdown, .pre = before_close},
    {.number = __NR_dup2, .pre = before_dup},
    {.number = __NR_dup3, .pre = before_dup},
    {.number = __NR_connect, .pre = before_connect},
    {.number = __NR_accept, .post = after_accept},
    {.number = __NR_accept4, .post = after_accept},
    {.number = __NR_socketpair, .post = after_pair},
    {.number = 0},
};
static const struct ig_edge socket_edge = {.name = "socket", .calls = calls, .leave = leave};
IG_EDGE(socket_edge);
#endif
