/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hash-consed call stacks. */
#include "ig_stack.h"

#include "ig_session.h"
#include "pub_tool_debuginfo.h"  // VG_(find_DebugInfo)()
#include "pub_tool_libcbase.h"   // VG_(memset)()
#include "pub_tool_libcprint.h"  // VG_(snprintf)()
#include "pub_tool_machine.h"    // VG_(get_IP)()
#include "pub_tool_stacktrace.h" // VG_(get_StackTrace)()

/* Of this process: address of code to frame. */
enum { REMEMBERED = 1 << 12 };
static struct {
    Addr ip;
    ig_ref frame;
} remembered[REMEMBERED];

ULong ig_calls;

/* Stacks seen since the last call or return of this process: as long as there is none, only the
 * innermost frame can differ. */
enum { RECENT = 256 };
static struct {
    ThreadId tid;
    ULong calls;
    Addr sp;
    UInt round; /* entries of other rounds are void */
} now;
static struct {
    Addr ip;
    UInt round;
    ig_ref stack;
} recent[RECENT];

/* Stacks by their raw addresses: spares the frames and the session's table. */
enum { KNOWN = 512 };
static struct {
    UInt count;
    ig_ref stack;
    Addr ip[IG_MAX_FRAMES];
} known[KNOWN];

struct place {
    Addr ip;
    ig_ref module;
    ULong offset;
};

void ig_stack_forget(void)
{
    VG_(memset)(remembered, 0, sizeof(remembered));
    VG_(memset)(known, 0, sizeof(known));
    now.round++;
}

static Bool same_frame(const struct ig_node *node, const void *arg)
{
    const struct ig_frame *frame = (const void *)node;
    const struct place *place = arg;
    return frame->module == place->module && frame->offset == place->offset;
}

static ig_ref make_frame(const void *arg)
{
    static const HChar wrapped[] = "ig_from_"; /* see IG_WRAP */
    const struct place *place = arg;
    const HChar *name = NULL;
    const HChar *folder = NULL;
    HChar path[1024];
    DiEpoch ep = VG_(current_DiEpoch)();
    ig_ref ref = ig_new(sizeof(struct ig_frame));
    if (!ref)
        return 0;
    struct ig_frame *frame = IG_AT(struct ig_frame, ref);
    frame->module = place->module;
    frame->offset = place->offset;
    if (VG_(get_fnname)(ep, place->ip, &name))
        frame->function = ig_string(VG_(strncmp)(name, wrapped, sizeof(wrapped) - 1) == 0
                                        ? name + sizeof(wrapped) - 1
                                        : name);
    if (VG_(get_filename_linenum)(ep, place->ip, &name, &folder, &frame->line)) {
        VG_(snprintf)(path, sizeof(path), "%s%s%s", folder && *folder ? folder : "",
                      folder && *folder ? "/" : "", name);
        frame->file = ig_string(path);
    }
    return ref;
}

static ig_ref frame_at(Addr ip)
{
    UInt slot = (UInt)(ip ^ ip >> 12) % REMEMBERED;
    if (remembered[slot].ip == ip)
        return remembered[slot].frame;
    struct place place = {.ip = ip, .offset = ip};
    const DebugInfo *di = VG_(find_DebugInfo)(VG_(current_DiEpoch)(), ip);
    if (di) {
        place.module = ig_string(VG_(DebugInfo_get_filename)(di));
        place.offset = ip - (Addr)VG_(DebugInfo_get_text_bias)(di);
    }
    UInt hash = ig_hash(place.module, &place.offset, sizeof(place.offset));
    ig_ref frame = ig_intern(IG_FRAMES, hash, same_frame, make_frame, &place);
    remembered[slot].ip = ip;
    remembered[slot].frame = frame;
    return frame;
}

Bool ig_is_library(const HChar *file)
{
    static const HChar *const names[] = {IG_LIBRARIES};
    for (UInt i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (VG_(strstr)(file, names[i]))
            return True;
    return False;
}

/* The runtime of visible atomics is no place of the program's. */
static Bool of_the_runtime(ig_ref frame)
{
    const struct ig_frame *f = IG_AT(struct ig_frame, frame);
    return f->function &&
           VG_(strncmp)(IG_AT(struct ig_string, f->function)->text, "__tsan_", 7) == 0;
}

static Bool same_stack(const struct ig_node *node, const void *arg)
{
    const struct ig_stack *a = (const void *)node;
    const struct ig_stack *b = arg;
    return a->count == b->count &&
           VG_(memcmp)(a->frame, b->frame, a->count * sizeof(a->frame[0])) == 0;
}

static ig_ref make_stack(const void *arg)
{
    ig_ref ref = ig_new(sizeof(struct ig_stack));
    if (ref)
        VG_(memcpy)(IG_AT(struct ig_stack, ref), arg, sizeof(struct ig_stack));
    return ref;
}

static ig_ref from_addresses(const Addr *ips, UInt n)
{
    struct ig_stack stack = {.count = 0};
    for (UInt i = 0; i < n; i++) {
        /* a return address belongs to the call before it */
        ig_ref frame = frame_at(i == 0 ? ips[i] : ips[i] - 1);
        if (!frame)
            break;
        if (stack.count == 0 && of_the_runtime(frame))
            continue;
        stack.frame[stack.count++] = frame;
    }
    UInt hash = ig_hash(stack.count, stack.frame, stack.count * sizeof(stack.frame[0]));
    return ig_intern(IG_STACKS, hash, same_stack, make_stack, &stack);
}

static ig_ref unwind(ThreadId tid)
{
    Addr ips[IG_MAX_FRAMES];
    ULong hash = 0;
    UInt n = VG_(get_StackTrace)(tid, ips, IG_MAX_FRAMES, NULL, NULL, 0);
    for (UInt i = 0; i < n; i++)
        hash = (hash ^ ips[i]) * 0x9e3779b97f4a7c15ull;
    UInt slot = (UInt)(hash >> 32) % KNOWN;
    if (known[slot].stack && known[slot].count == n &&
        VG_(memcmp)(known[slot].ip, ips, n * sizeof(ips[0])) == 0)
        return known[slot].stack;
    known[slot].stack = from_addresses(ips, n);
    known[slot].count = n;
    VG_(memcpy)(known[slot].ip, ips, n * sizeof(ips[0]));
    return known[slot].stack;
}

ig_ref ig_stack_here(ThreadId tid)
{
    Addr ip = VG_(get_IP)(tid);
    Addr sp = VG_(get_SP)(tid);
    UInt slot = (UInt)(ip ^ ip >> 8) % RECENT;
    if (now.tid != tid || now.calls != ig_calls || now.sp != sp) {
        now.tid = tid;
        now.calls = ig_calls;
        now.sp = sp;
        now.round++;
    } else if (recent[slot].ip == ip && recent[slot].round == now.round) {
        return recent[slot].stack;
    }
    recent[slot].ip = ip;
    recent[slot].round = now.round;
    recent[slot].stack = unwind(tid);
    return recent[slot].stack;
}
