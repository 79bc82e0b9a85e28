/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for the ends of connections. */
#include "ig_socket.h"

#include "ig_edge.h"
#include "ig_edge_impl.h"
#include "ig_session.h"
#include "ig_vgcore.h"
#include "pub_tool_aspacemgr.h" // VG_(am_is_valid_for_client)()
#include "pub_tool_libcbase.h"  // VG_(memset)()
#include "pub_tool_libcfile.h"  // VG_(fstat)()
#include "pub_tool_threadstate.h"
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_getsockname

enum {
    TYPE_MASK = 0170000,
    TYPE_SOCKET = 0140000,
    UNIX = 1,
    INET = 2,
    INET6 = 10,
    STREAM = 1,
    OPTIONS = 1, /* SOL_SOCKET */
    TYPE = 3,    /* SO_TYPE */
    FAMILY_BYTES = 2,
    PORT_AND_ADDRESS = 6, /* of INET */
    PATH = 108,
};

struct name {
    UShort family;
    HChar bytes[126];
    UInt size; /* of what follows the family */
};

/* Port and address alone; an INET address in INET6 form is an INET address. */
static void plain_inet6(struct name *name)
{
    static const UChar mapped[12] = {[10] = 0xff, [11] = 0xff};
    enum { PORT = 2, ADDRESS = 6, WHOLE = 16, LAST = 4 };
    if (VG_(memcmp)(name->bytes + ADDRESS, mapped, sizeof(mapped)) == 0) {
        VG_(memmove)(name->bytes + PORT, name->bytes + ADDRESS + sizeof(mapped), LAST);
        name->size = PORT_AND_ADDRESS;
    } else {
        VG_(memmove)(name->bytes + PORT, name->bytes + ADDRESS, WHOLE);
        name->size = PORT + WHOLE;
    }
}

static void name_of(UWord call, Int fd, struct name *name)
{
    Int size = FAMILY_BYTES + (Int)sizeof(name->bytes);
    VG_(memset)(name, 0, sizeof(*name));
    SysRes res = IG_CALL(call, fd, name, &size, 0, 0);
    name->size = sr_isError(res) || size <= FAMILY_BYTES ? 0 : (UInt)size - FAMILY_BYTES;
    if (name->family == INET)
        name->size = name->size ? PORT_AND_ADDRESS : 0;
    else if (name->family == INET6 && name->size)
        plain_inet6(name);
    if (name->size > sizeof(name->bytes))
        name->size = sizeof(name->bytes);
}

static ULong hash_of(const struct name *name)
{
    ULong high = ig_hash(1, name->bytes, name->size);
    return high << 32 | ig_hash(2, name->bytes, name->size);
}

static Int type_of(Int fd)
{
    Int type = 0;
    Int size = sizeof(type);
    SysRes res = IG_CALL(__NR_getsockopt, fd, OPTIONS, TYPE, &type, &size);
    return sr_isError(res) ? 0 : type;
}

/* Both have a name: each way is told by the two of them, in order. */
static void by_names(struct ig_socket *s, const struct name *mine, const struct name *other)
{
    s->out = ig_key_of(IG_SYNC_SOCKET, hash_of(mine), hash_of(other));
    s->in = ig_key_of(IG_SYNC_SOCKET, hash_of(other), hash_of(mine));
}

static void by_listener(struct ig_socket *s, const struct name *listener, UInt server)
{
    s->shape = IG_SOCKET_SHARED;
    s->out = s->in = ig_key_of(IG_SYNC_SOCKET, hash_of(listener), 0);
    s->out.extra = server;
    s->in.extra = !server;
}

/* The number of the pair, and which end of it @ino is. */
static Bool by_pair(struct ig_socket *s, ULong ino)
{
    ThreadId tid = VG_(get_running_tid)();
    struct ig_key key = ig_key_of(IG_SYNC_PAIR, ino, 0);
    struct ig_sync *sync = ig_sync_enter(tid, &key);
    if (!sync)
        return False;
    ULong pair = sync->written;
    UInt end = (UInt)sync->taken;
    ig_sync_leave(tid, sync);
    s->out = s->in = ig_key_of(IG_SYNC_SOCKET, pair, 1);
    s->out.extra = end;
    s->in.extra = !end;
    return pair != 0;
}

static void record(ThreadId tid, ULong ino, ULong pair, UInt end)
{
    struct ig_key key = ig_key_of(IG_SYNC_PAIR, ino, 0);
    struct ig_sync *sync = ig_sync_enter(tid, &key);
    if (!sync)
        return;
    sync->written = pair;
    sync->taken = end;
    ig_sync_leave(tid, sync);
}

void ig_socket_pair(ThreadId tid, Int a, Int b)
{
    struct vg_stat one;
    struct vg_stat two;
    if (VG_(fstat)(a, &one) != 0 || VG_(fstat)(b, &two) != 0)
        return;
    record(tid, one.ino, one.ino, 0);
    record(tid, two.ino, one.ino, 1);
}

/* A datagram goes to a file of the file system, or to a name without one. */
static struct ig_key box(const struct name *name)
{
    HChar path[PATH + 1];
    struct vg_stat st;
    VG_(memset)(path, 0, sizeof(path));
    VG_(memcpy)(path, name->bytes, name->size < PATH ? name->size : PATH);
    if (*path && !sr_isError(VG_(stat)(path, &st)))
        return ig_key_of(IG_SYNC_DATAGRAM, st.dev, st.ino);
    return ig_key_of(IG_SYNC_DATAGRAM, hash_of(name), 0);
}

static void given(Addr to, struct name *name)
{
    VG_(memset)(name, 0, sizeof(*name));
    if (!VG_(am_is_valid_for_client)(to, FAMILY_BYTES + PATH, VKI_PROT_READ))
        return;
    const HChar *bytes = (const HChar *)to + FAMILY_BYTES;
    name->size = bytes[0] ? (UInt)VG_(strlen)(bytes) + 1 : PATH;
    if (name->size > PATH)
        name->size = PATH;
    VG_(memcpy)(name->bytes, bytes, name->size);
}

static Bool unix_datagram(Addr to, struct ig_socket *s, const struct name *mine, struct name *other)
{
    if (to)
        given(to, other);
    if (!mine->size && !other->size)
        return False;
    s->shape = IG_SOCKET_MESSAGES;
    s->out = box(other);
    s->in = box(mine);
    return True;
}

Bool ig_socket_find(Int fd, Addr to, struct ig_socket *s)
{
    struct vg_stat st;
    struct name mine;
    struct name other;
    if (fd < 0 || VG_(fstat)(fd, &st) != 0 || (st.mode & TYPE_MASK) != TYPE_SOCKET)
        return False;
    Int type = type_of(fd);
    s->shape = type == STREAM ? IG_SOCKET_STREAM : IG_SOCKET_MESSAGES;
    name_of(__NR_getsockname, fd, &mine);
    name_of(__NR_getpeername, fd, &other);
    if (mine.family == INET || mine.family == INET6) {
        if (type == STREAM && other.size)
            by_names(s, &mine, &other);
        else if (type != STREAM)
            ig_session_partial(IG_PARTIAL_CALL);
        return type == STREAM && other.size;
    }
    if (mine.family != UNIX)
        return False;
    if (!mine.size && !other.size && !to)
        return by_pair(s, st.ino);
    if (type == 2) /* SOCK_DGRAM */
        return unix_datagram(to, s, &mine, &other);
    if (mine.size && other.size)
        by_names(s, &mine, &other);
    else
        by_listener(s, mine.size ? &mine : &other, mine.size != 0);
    return True;
}
