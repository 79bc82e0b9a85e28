/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The session file: mapping it, taking memory from it, its hash tables. */
#include "ig_session.h"

#include "ig_vgcore.h"
#include "pub_tool_libcbase.h" // VG_(strlen)()
#include "pub_tool_libcfile.h" // VG_(open)()
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_fallocate

UChar *ig_base;
struct ig_header *ig_head;
static Int session_fd = -1;

static const HChar *wrong_intro(const struct ig_intro *intro, Int got, ULong size)
{
    if (got < (Int)sizeof(*intro) || intro->magic != IG_MAGIC)
        return "is not a session of ipcgrind";
    if (intro->version != IG_VERSION || intro->header_size != sizeof(struct ig_header))
        return "was made by another version of ipcgrind";
    if (intro->size != size || size < sizeof(struct ig_header))
        return "is cut short";
    return NULL;
}

const HChar *ig_session_open(const HChar *path)
{
    struct ig_intro intro;
    struct vg_stat st;
    const HChar *wrong = "cannot be opened";
    SysRes res = VG_(open)(path, VKI_O_RDWR, 0);
    if (sr_isError(res))
        return wrong;
    Int fd = VG_(safe_fd)((Int)sr_Res(res));
    if (fd < 0)
        return "cannot be opened: no descriptor is left";
    Int got = VG_(read)(fd, &intro, sizeof(intro));
    if (VG_(fstat)(fd, &st) == 0)
        wrong = wrong_intro(&intro, got, (ULong)st.size);
    if (!wrong) {
        res = VG_(am_shared_mmap_file_float_valgrind)((SizeT)st.size,
                                                      VKI_PROT_READ | VKI_PROT_WRITE, fd, 0);
        if (sr_isError(res))
            wrong = "cannot be mapped: too little address space (ulimit -v?)";
    }
    if (wrong) {
        VG_(close)(fd);
        return wrong;
    }
    ig_base = (UChar *)sr_Res(res);
    ig_head = (struct ig_header *)(void *)ig_base;
    session_fd = fd;
    return NULL;
}

Bool ig_session_works(void)
{
    return ig_head && __atomic_load_n(&ig_head->broken, __ATOMIC_RELAXED) == IG_WHOLE;
}

void ig_session_break(enum ig_broken why)
{
    UInt whole = IG_WHOLE;
    if (ig_head)
        __atomic_compare_exchange_n(&ig_head->broken, &whole, (UInt)why, False, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST);
}

void ig_session_partial(enum ig_partial what)
{
    if (ig_head)
        __atomic_fetch_or(&ig_head->partial, (UInt)what, __ATOMIC_SEQ_CST);
}

/* Bytes below @end are promised by the file system. Two processes may ask for the same range:
 * fallocate does not mind. */
static Bool commit(ULong end)
{
    ULong from = __atomic_load_n(&ig_head->committed, __ATOMIC_ACQUIRE);
    if (end <= from)
        return True;
    ULong to = (end + IG_CHUNK - 1) / IG_CHUNK * IG_CHUNK;
    if (to > ig_head->intro.size)
        to = ig_head->intro.size;
    if (end > to)
        return False;
    SysRes res;
    do
        res = IG_CALL(__NR_fallocate, session_fd, 0, from, to - from, 0);
    while (sr_isError(res) && sr_Err(res) == VKI_EINTR);
    if (sr_isError(res))
        return False;
    while (from < to && !__atomic_compare_exchange_n(&ig_head->committed, &from, to, False,
                                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        ;
    return True;
}

ig_ref ig_new(SizeT size)
{
    if (!ig_session_works())
        return 0;
    ULong bytes = (size + IG_ALIGN - 1) / IG_ALIGN * IG_ALIGN;
    ULong at = __atomic_fetch_add(&ig_head->top, bytes, __ATOMIC_RELAXED);
    if (!commit(at + bytes)) {
        ig_session_break(IG_FULL);
        return 0;
    }
    return (ig_ref)(at / IG_ALIGN);
}

static ig_ref find(ig_ref from, ig_ref until, UInt hash, ig_same same, const void *arg)
{
    for (ig_ref ref = from; ref && ref != until; ref = IG_AT(struct ig_node, ref)->next) {
        const struct ig_node *node = IG_AT(struct ig_node, ref);
        if (node->hash == hash && same(node, arg))
            return ref;
    }
    return 0;
}

ig_ref ig_lookup(enum ig_table table, UInt hash, ig_same same, const void *arg)
{
    ig_ref *bucket = &ig_head->table[table][hash % IG_BUCKETS];
    return find(__atomic_load_n(bucket, __ATOMIC_ACQUIRE), 0, hash, same, arg);
}

ig_ref ig_intern(enum ig_table table, UInt hash, ig_same same, ig_make make, const void *arg)
{
    ig_ref *bucket = &ig_head->table[table][hash % IG_BUCKETS];
    ig_ref head = __atomic_load_n(bucket, __ATOMIC_ACQUIRE);
    ig_ref ref = find(head, 0, hash, same, arg);
    if (ref)
        return ref;
    ref = make(arg);
    if (!ref)
        return 0;
    struct ig_node *node = IG_AT(struct ig_node, ref);
    node->hash = hash;
    for (;;) {
        ig_ref seen = head;
        node->next = head;
        if (__atomic_compare_exchange_n(bucket, &head, ref, False, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            return ref;
        /* another process added something; it may be this very node */
        ig_ref other = find(head, seen, hash, same, arg);
        if (other)
            return other;
    }
}

UInt ig_hash(UInt seed, const void *bytes, SizeT size)
{
    const UChar *p = bytes;
    UInt h = seed ^ 0x811c9dc5u;
    for (SizeT i = 0; i < size; i++)
        h = (h ^ p[i]) * 0x01000193u;
    return h ^ h >> 15;
}

static Bool same_string(const struct ig_node *node, const void *arg)
{
    const struct ig_string *s = (const void *)node;
    return VG_(strcmp)(s->text, arg) == 0;
}

static ig_ref make_string(const void *arg)
{
    SizeT length = VG_(strlen)(arg);
    ig_ref ref = ig_new(sizeof(struct ig_string) + length + 1);
    if (ref) {
        struct ig_string *s = IG_AT(struct ig_string, ref);
        s->length = (UInt)length;
        VG_(memcpy)(s->text, arg, length + 1);
    }
    return ref;
}

ig_ref ig_string(const HChar *text)
{
    if (!text || !*text || !ig_base)
        return 0;
    UInt hash = ig_hash(0, text, VG_(strlen)(text));
    return ig_intern(IG_STRINGS, hash, same_string, make_string, text);
}
