/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams: clocks with a range of bytes.
 *
 * A token stands for one write, or for several that overlapped in time and whose order in the
 * stream nobody knows. It ends where the next one begins; while a write is still going on its end
 * is open. A reader joins every token that its bytes may have come from. */
#include "ig_clock.h"
#include "ig_edge.h"
#include "ig_edge_impl.h"
#include "ig_lock.h"
#include "ig_sched.h"
#include "ig_session.h"
#include "ig_task.h"
#include "ig_trace.h"
#include "ig_vgcore.h"
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h" // __NR_ioctl

/* A writer that was killed in its call never says how much it wrote. */
static void settle_dead(struct ig_token *token)
{
    if (token->flying == 1 && ig_task_life(token->owner) == IG_DEAD)
        token->flying = 0;
}

void ig_stream_write_begin(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    struct ig_task *me = ig_me(tid);
    ig_trace_sync(me, "write", key, -1);
    ig_ref ref = sync->last;
    if (ref)
        settle_dead(IG_AT(struct ig_token, ref));
    Bool join = ref && (IG_AT(struct ig_token, ref)->flying || sync->tokens >= IG_MOST_TOKENS);
    if (!join) {
        ref = ig_token_add(sync);
        if (ref) {
            IG_AT(struct ig_token, ref)->begin = sync->written;
            IG_AT(struct ig_token, ref)->end = sync->written;
        }
    }
    if (ref) {
        struct ig_token *token = IG_AT(struct ig_token, ref);
        ig_vc_join(&token->vc, me->vc);
        token->flying++;
        token->owner = me->id;
    }
    ig_vc_join(&sync->vc, me->vc);
    ig_sync_leave(tid, sync);
    me->ending = key->kind;
    ig_task_tick(me);
    ig_sched_sync(tid);
}

void ig_stream_write_end(ThreadId tid, const struct ig_key *key, ULong bytes)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    ig_trace_sync(ig_me(tid), "written", key, (Long)bytes);
    sync->written += bytes;
    if (sync->last) {
        struct ig_token *token = IG_AT(struct ig_token, sync->last);
        token->end = sync->written;
        if (token->flying)
            token->flying--;
    }
    ig_sync_leave(tid, sync);
}

static Long pending(Int fd)
{
    Int bytes = 0;
    SysRes res = IG_CALL(__NR_ioctl, fd, VKI_FIONREAD, &bytes, 0, 0);
    return sr_isError(res) ? -1 : bytes;
}

ULong ig_stream_read_begin(ThreadId tid, const struct ig_key *key, ULong wanted, Int fd)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return 0;
    Bool still = !sync->readers && (!sync->last || !IG_AT(struct ig_token, sync->last)->flying);
    /* asked while the object is locked: a write that began and ended in between would seem lost */
    Long there = still ? pending(fd) : -1;
    if (there >= 0) {
        ULong known = sync->written - sync->taken;
        if ((ULong)there < known)
            sync->taken = sync->written - (ULong)there;
        else
            sync->written += (ULong)there - known;
    }
    ULong from = sync->taken;
    sync->readers++;
    sync->wanted += wanted;
    ig_sync_leave(tid, sync);
    ig_sched_sync(tid);
    return from;
}

/* Tokens whose bytes are all taken, when no other reader may still have got some of them. */
static void drop_taken(struct ig_sync *sync)
{
    while (sync->first && !sync->readers) {
        const struct ig_token *token = IG_AT(struct ig_token, sync->first);
        if (token->flying || token->end > sync->taken)
            return;
        ig_token_remove(sync, 0, sync->first);
    }
}

/* Joins what lies from @from to @to, and what may. */
static void join_range(ThreadId tid, const struct ig_sync *sync, ULong from, ULong to)
{
    for (ig_ref ref = sync->first; ref; ref = IG_AT(struct ig_token, ref)->next) {
        const struct ig_token *token = IG_AT(struct ig_token, ref);
        if (token->begin < to && (token->end > from || token->flying))
            ig_vc_join(&ig_me(tid)->vc, token->vc);
    }
}

static void end_read(ThreadId tid, const struct ig_key *key, ULong wanted, ULong from, ULong bytes,
                     Bool stay)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    if (sync->readers)
        sync->readers--;
    sync->wanted -= wanted < sync->wanted ? wanted : sync->wanted;
    /* other readers still in their call may have been served before this one */
    if (bytes)
        join_range(tid, sync, from, sync->taken + bytes + sync->wanted);
    if (!stay)
        sync->taken += bytes;
    ig_trace_sync(ig_me(tid), "read", key, (Long)bytes);
    if (bytes)
        ig_me(tid)->slept = 0;
    drop_taken(sync);
    ig_sync_leave(tid, sync);
}

void ig_stream_read_end(ThreadId tid, const struct ig_key *key, ULong wanted, ULong from,
                        ULong bytes)
{
    end_read(tid, key, wanted, from, bytes, False);
}

void ig_stream_peek_end(ThreadId tid, const struct ig_key *key, ULong wanted, ULong from,
                        ULong bytes)
{
    end_read(tid, key, wanted, from, bytes, True);
}
