/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the event log. */
#include "ig_trace.h"

#include "ig_session.h"
#include "ig_task.h"
#include "ig_vgcore.h"
#include "pub_tool_libcbase.h"  // VG_(strlen)()
#include "pub_tool_libcfile.h"  // VG_(open)()
#include "pub_tool_libcprint.h" // VG_(vsnprintf)()
#include "pub_tool_vki.h"

Int ig_trace_fd = -1;

/* A line; what does not fit is cut at the clock, the only part without a bound. */
enum { LINE = 1 << 16, TAIL = 64 };
static HChar line[LINE];
static UInt used;

static void put(const HChar *format, ...) PRINTF_CHECK(1, 2);
static void put(const HChar *format, ...)
{
    va_list args;
    va_start(args, format);
    used += VG_(vsnprintf)(line + used, (Int)(LINE - used), format, args);
    va_end(args);
    if (used >= LINE)
        used = LINE - 1;
}

/* What the log calls a kind of object, and whether it lies in memory; a kind that is missing here
 * goes by its number. */
static const struct {
    const HChar *name;
    Bool in_memory;
} kinds[] = {
    [IG_SYNC_ATOMIC] = {"locked instruction", True},
    [IG_SYNC_PIPE] = {"pipe", False},
    [IG_SYNC_PIPE_EOF] = {"end of file", False},
    [IG_SYNC_PIPE_EPIPE] = {"EPIPE", False},
    [IG_SYNC_FIFO_OPEN] = {"open of a FIFO", False},
    [IG_SYNC_SEM] = {"semaphore", True},
    [IG_SYNC_MUTEX] = {"mutex", True},
    [IG_SYNC_ANNOTATED] = {"annotation", True},
    [IG_SYNC_C11] = {"C11 atomic", True},
    [IG_SYNC_SYSV_SEM] = {"System V semaphore", False},
    [IG_SYNC_SYSV_ZERO] = {"System V semaphore at zero", False},
    [IG_SYNC_SYSV_GONE] = {"removed System V semaphores", False},
    [IG_SYNC_BARRIER] = {"barrier", True},
    [IG_SYNC_RWLOCK] = {"rwlock", True},
    [IG_SYNC_READERS] = {"readers of a rwlock", True},
    [IG_SYNC_SPIN] = {"spin lock", True},
    [IG_SYNC_ONCE] = {"once", True},
    [IG_SYNC_FUTEX] = {"futex", True},
    [IG_SYNC_COPIES] = {"copies after fork", False},
    [IG_SYNC_COND] = {"condition variable", True},
    [IG_SYNC_MESSAGE] = {"message queue", False},
    [IG_SYNC_SOCKET] = {"stream socket", False},
    [IG_SYNC_DATAGRAM] = {"datagram socket", False},
    [IG_SYNC_SOCKET_EOF] = {"end of a socket", False},
    [IG_SYNC_PAIR] = {"socketpair", False},
    [IG_SYNC_CONNECT] = {"connection", False},
    [IG_SYNC_NOTIFY] = {"message notification", False},
    [IG_SYNC_SIGNAL] = {"signal", False},
    [IG_SYNC_EVENTFD] = {"eventfd", False},
    [IG_SYNC_FILE_LOCK] = {"file lock", False},
    [IG_SYNC_FILE_READERS] = {"readers of a file lock", False},
};

/* Bytes that are not ASCII go as \u00xx: names need not be UTF-8, JSON must be. */
static void put_text(const HChar *name, ig_ref text)
{
    const HChar *p = text ? IG_AT(struct ig_string, text)->text : "";
    put(",\"%s\":\"", name);
    for (; *p && used < LINE / 4; p++) {
        if (*p < ' ' || *p > '~' || *p == '"' || *p == '\\')
            put("\\u%04x", (UInt)(UChar)*p);
        else
            put("%c", *p);
    }
    put("\"");
}

static void put_clock(ig_ref vc)
{
    const struct ig_vc *v = vc ? IG_AT(struct ig_vc, vc) : NULL;
    const HChar *comma = "";
    put(",\"clock\":{");
    for (UInt i = 0; v && i < v->used && used < LINE - TAIL; i++) {
        if (!v->clock[i])
            continue;
        put("%s\"%u\":%u", comma, i, v->clock[i]);
        comma = ",";
    }
    put("}");
    if (used >= LINE - TAIL)
        put(",\"cut\":true");
}

static void begin(const struct ig_task *me, const HChar *event)
{
    used = 0;
    put("{\"n\":%llu,\"event\":\"%s\",\"task\":%u,\"pid\":%d,\"tid\":%d",
        (ULong)__atomic_add_fetch(&ig_head->events, 1, __ATOMIC_SEQ_CST), event, me->id, me->pid,
        me->tid);
}

static void finish(void)
{
    put("}\n");
    if (VG_(write)(ig_trace_fd, line, (Int)used) != (Int)used)
        __atomic_fetch_add(&ig_head->events_lost, 1, __ATOMIC_RELAXED);
}

void ig_trace_open(void)
{
    if (!ig_head->trace[0])
        return;
    SysRes res = VG_(open)(ig_head->trace, VKI_O_WRONLY | VKI_O_APPEND, 0);
    if (sr_isError(res))
        __atomic_fetch_add(&ig_head->events_lost, 1, __ATOMIC_RELAXED);
    else
        ig_trace_fd = VG_(safe_fd)((Int)sr_Res(res));
}

static void put_key(const struct ig_key *key)
{
    Bool known = key->kind < sizeof(kinds) / sizeof(kinds[0]) && kinds[key->kind].name;
    if (known)
        put(",\"kind\":\"%s\"", kinds[key->kind].name);
    else
        put(",\"kind\":\"kind %u\"", key->kind);
    if (known && kinds[key->kind].in_memory && key->extra) {
        put_text("object", IG_AT(struct ig_object, key->extra)->name);
        put(",\"offset\":%llu", (ULong)key->a);
    } else {
        put(",\"object\":\"%u:%llx:%llx\"", key->extra, (ULong)key->a, (ULong)key->b);
    }
}

void ig_trace_sync_event(const struct ig_task *me, const HChar *event, const struct ig_key *key,
                         Long bytes)
{
    begin(me, event);
    put_key(key);
    if (bytes >= 0)
        put(",\"bytes\":%lld", bytes);
    put_clock(me->vc);
    finish();
}

void ig_trace_task_event(const struct ig_task *me, const HChar *event, const struct ig_task *other)
{
    begin(me, event);
    if (other)
        put(",\"other\":%u", other->id);
    put_text("program", me->program);
    put_clock(me->vc);
    finish();
}

static void put_side(const HChar *comma, const struct ig_side *side)
{
    const struct ig_frame *frame = NULL;
    if (side->stack && IG_AT(struct ig_stack, side->stack)->frame[0])
        frame = IG_AT(struct ig_frame, IG_AT(struct ig_stack, side->stack)->frame[0]);
    put("%s{\"task\":%u,\"access\":\"%s\",\"at\":%u", comma, IG_WORD_TASK(side->word),
        IG_WORD_FLAGS(side->word) & IG_WRITE ? "write" : "read", IG_WORD_CLOCK(side->word));
    put_text("file", frame ? frame->file : 0);
    put(",\"line\":%u}", frame ? frame->line : 0);
}

void ig_trace_finding_event(const struct ig_report *report)
{
    Bool race = report->kind == IG_RACE || report->kind == IG_FLAG;
    const struct ig_side *last = &report->side[report->side[1].pid ? 1 : 0];
    const struct ig_task *me = ig_task_at(IG_WORD_TASK(last->word));
    begin(me, race ? "race" : "misuse");
    put_text("object", report->object ? IG_AT(struct ig_object, report->object)->name : 0);
    put(",\"offset\":%llu,\"size\":%u,\"sides\":[", (ULong)report->offset, report->size);
    put_side("", &report->side[0]);
    if (report->side[1].pid)
        put_side(",", &report->side[1]);
    put("]");
    put_clock(me->vc);
    finish();
}
