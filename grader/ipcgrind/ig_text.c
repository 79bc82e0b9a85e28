/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes the functions of libc for text touch. The texts may end in memory that is not there,
 * which is the program's affair: they are fetched through the kernel, and end there. */
#include "ig_text.h"

#include "ig_object.h"
#include "ig_shadow.h"
#include "ig_vgcore.h"
#include "pub_tool_aspacemgr.h" // VG_(am_is_valid_for_client)()
#include "pub_tool_libcbase.h"  // VG_(memcpy)()
#include "pub_tool_libcproc.h"  // VG_(getpid)()
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_process_vm_readv

enum { WINDOW = 256, BYTES = 256, WIDE = 4 };
#define NO_LIMIT ((SizeT)-1)

/* A piece of the program's memory, within one page. */
struct window {
    Addr start;
    SizeT size; /* 0: not there */
    UChar bytes[WINDOW];
};

static void fetch(struct window *w, Addr a)
{
    w->start = a / WINDOW * WINDOW;
    struct vki_iovec to = {.iov_base = w->bytes, .iov_len = WINDOW};
    struct vki_iovec from = {.iov_base = (void *)w->start, .iov_len = WINDOW};
    SysRes res = IG_CALL(__NR_process_vm_readv, VG_(getpid)(), &to, 1, &from, 1);
    w->size = sr_isError(res) || sr_Res(res) != WINDOW ? 0 : WINDOW;
    /* a container may not allow it */
    if (sr_isError(res) && sr_Err(res) != VKI_EFAULT &&
        VG_(am_is_valid_for_client)(w->start, WINDOW, VKI_PROT_READ)) {
        VG_(memcpy)(w->bytes, (const void *)w->start, WINDOW);
        w->size = WINDOW;
    }
}

static Bool byte_at(struct window *w, Addr a, UChar *c)
{
    if (w->start != a / WINDOW * WINDOW || !w->size)
        fetch(w, a);
    *c = w->bytes[a % WINDOW];
    return w->size != 0;
}

/* How many bytes there are up to one that stops, that one counted, and at most @most. */
static SizeT until(Addr a, SizeT most, const Bool *stops)
{
    struct window w = {.size = 0};
    UChar c = 0;
    SizeT n = 0;
    while (n < most && byte_at(&w, a + n, &c)) {
        n++;
        if (stops[c])
            break;
    }
    return n;
}

static SizeT until_one(Addr a, SizeT most, Bool zero, UWord other)
{
    Bool stops[BYTES] = {False};
    stops[0] = zero;
    stops[other % BYTES] = True;
    return until(a, most, stops);
}

static SizeT length(Addr a, SizeT most)
{
    return until_one(a, most, True, 0);
}

static void touch(ThreadId tid, Addr a, SizeT size, UInt how)
{
    if (size && ig_object_touches(a, size))
        ig_shadow_access(tid, a, size, how);
}

static UChar folded(UChar c)
{
    return c >= 'A' && c <= 'Z' ? (UChar)(c - 'A' + 'a') : c;
}

static void compare(ThreadId tid, Addr a, Addr b, SizeT most, Bool fold)
{
    struct window one = {.size = 0};
    struct window two = {.size = 0};
    UChar c = 0;
    UChar d = 0;
    SizeT n = 0;
    while (n < most && byte_at(&one, a + n, &c) && byte_at(&two, b + n, &d)) {
        n++;
        if (!c || (fold ? folded(c) != folded(d) : c != d))
            break;
    }
    touch(tid, a, n, 0);
    touch(tid, b, n, 0);
}

static void find_last(ThreadId tid, Addr a, UWord byte, SizeT size)
{
    struct window w = {.size = 0};
    UChar c = 0;
    SizeT n = size;
    while (n > 0 && byte_at(&w, a + n - 1, &c)) {
        n--;
        if (c == (UChar)byte)
            break;
    }
    touch(tid, a + n, size - n, 0);
}

static void copy(ThreadId tid, Addr to, Addr from, SizeT most)
{
    SizeT n = length(from, most);
    touch(tid, from, n, 0);
    touch(tid, to, most == NO_LIMIT ? n : most, IG_WRITE);
}

static void append(ThreadId tid, Addr to, Addr from, SizeT most)
{
    struct window w = {.size = 0};
    UChar last = 1;
    SizeT old = length(to, NO_LIMIT);
    SizeT n = length(from, most);
    SizeT text = n && byte_at(&w, from + n - 1, &last) && !last ? n - 1 : n; /* without its end */
    touch(tid, to, old, 0);
    touch(tid, from, n, 0);
    if (old)
        touch(tid, to + old - 1, text + 1, IG_WRITE);
}

static Bool unit_at(struct window *w, Addr a, UInt *unit)
{
    UChar c = 0;
    *unit = 0;
    for (UInt i = 0; i < WIDE; i++) {
        if (!byte_at(w, a + i, &c))
            return False;
        *unit |= (UInt)c << i * 8;
    }
    return True;
}

/* As until_one(), in wide characters. */
static SizeT wide_until(Addr a, SizeT most, Bool zero, UInt other)
{
    struct window w = {.size = 0};
    UInt unit = 0;
    SizeT n = 0;
    while (n < most && unit_at(&w, a + n * WIDE, &unit)) {
        n++;
        if ((zero && !unit) || unit == other)
            break;
    }
    return n * WIDE;
}

static void wide_compare(ThreadId tid, Addr a, Addr b, SizeT most)
{
    struct window one = {.size = 0};
    struct window two = {.size = 0};
    UInt c = 0;
    UInt d = 0;
    SizeT n = 0;
    while (n < most && unit_at(&one, a + n * WIDE, &c) && unit_at(&two, b + n * WIDE, &d)) {
        n++;
        if (!c || c != d)
            break;
    }
    touch(tid, a, n * WIDE, 0);
    touch(tid, b, n * WIDE, 0);
}

/* Up to the end of the first match. */
static void search(ThreadId tid, Addr a, Addr wanted)
{
    struct window one = {.size = 0};
    struct window two = {.size = 0};
    SizeT size = length(wanted, NO_LIMIT);
    SizeT all = length(a, NO_LIMIT);
    SizeT from = 0;
    SizeT same = 0;
    UChar c = 0;
    UChar d = 0;
    while (size && from + same < all && same < size - 1) {
        if (!byte_at(&one, a + from + same, &c) || !byte_at(&two, wanted + same, &d))
            break;
        if (c == d) {
            same++;
        } else {
            from++;
            same = 0;
        }
    }
    touch(tid, a, from + same < all ? from + same : all, 0);
    touch(tid, wanted, size, 0);
}

static void span(ThreadId tid, Addr a, Addr set, Bool of_set)
{
    Bool stops[BYTES];
    struct window w = {.size = 0};
    UChar c = 0;
    SizeT size = length(set, NO_LIMIT);
    for (UInt i = 0; i < BYTES; i++)
        stops[i] = of_set;
    for (SizeT i = 0; i + 1 < size && byte_at(&w, set + i, &c); i++)
        stops[c] = !of_set;
    stops[0] = True;
    touch(tid, a, until(a, NO_LIMIT, stops), 0);
    touch(tid, set, size, 0);
}

static void wide(ThreadId tid, enum ig_text what, UWord a, UWord b, UWord c)
{
    switch (what) {
    case IG_WIDE_LENGTH:
        touch(tid, a, wide_until(a, NO_LIMIT, True, 0), 0);
        break;
    case IG_WIDE_LENGTH_TO:
        touch(tid, a, wide_until(a, b, True, 0), 0);
        break;
    case IG_WIDE_FIND:
        touch(tid, a, wide_until(a, NO_LIMIT, True, (UInt)b), 0);
        break;
    case IG_WIDE_FIND_UNIT:
        touch(tid, a, wide_until(a, c, False, (UInt)b), 0);
        break;
    case IG_WIDE_COMPARE:
    case IG_WIDE_COMPARE_TO:
        wide_compare(tid, a, b, what == IG_WIDE_COMPARE ? NO_LIMIT : c);
        break;
    case IG_WIDE_BYTES:
        touch(tid, a, c * WIDE, 0);
        touch(tid, b, c * WIDE, 0);
        break;
    default:
        break;
    }
}

void ig_text(ThreadId tid, enum ig_text what, UWord a, UWord b, UWord c)
{
    switch (what) {
    case IG_TEXT_LENGTH:
        touch(tid, a, length(a, NO_LIMIT), 0);
        break;
    case IG_TEXT_LENGTH_TO:
        touch(tid, a, length(a, b), 0);
        break;
    case IG_TEXT_FIND:
        touch(tid, a, until_one(a, NO_LIMIT, True, b), 0);
        break;
    case IG_TEXT_FIND_BYTE:
        touch(tid, a, until_one(a, c, False, b), 0);
        break;
    case IG_TEXT_FIND_LAST:
        find_last(tid, a, b, c);
        break;
    case IG_TEXT_FIND_RAW:
        touch(tid, a, until_one(a, NO_LIMIT, False, b), 0);
        break;
    case IG_TEXT_BYTES:
        touch(tid, a, c, 0);
        touch(tid, b, c, 0);
        break;
    case IG_TEXT_COMPARE:
    case IG_TEXT_FOLDED:
        compare(tid, a, b, NO_LIMIT, what == IG_TEXT_FOLDED);
        break;
    case IG_TEXT_COMPARE_TO:
    case IG_TEXT_FOLDED_TO:
        compare(tid, a, b, c, what == IG_TEXT_FOLDED_TO);
        break;
    case IG_TEXT_COPY:
    case IG_TEXT_COPY_TO:
        copy(tid, a, b, what == IG_TEXT_COPY ? NO_LIMIT : c);
        break;
    case IG_TEXT_APPEND:
    case IG_TEXT_APPEND_TO:
        append(tid, a, b, what == IG_TEXT_APPEND ? NO_LIMIT : c);
        break;
    case IG_TEXT_SEARCH:
        search(tid, a, b);
        break;
    case IG_TEXT_NONE_OF:
    case IG_TEXT_ALL_OF:
        span(tid, a, b, what == IG_TEXT_ALL_OF);
        break;
    default:
        wide(tid, what, a, b, c);
        break;
    }
}
