/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues: clocks that are taken one by one, as a semaphore's units and a queue's messages are.
 *
 * The k-th wait that succeeds comes after at least k - (initial value) posts, so each wait takes
 * one token. Which post really woke it is unknown when posts overlap in time: the waiter then
 * joins all that may have been the one. */
#include "ig_clock.h"
#include "ig_edge.h"
#include "ig_edge_impl.h"
#include "ig_sched.h"
#include "ig_session.h"
#include "ig_task.h"
#include "ig_trace.h"

ig_ref ig_token_add(struct ig_sync *sync)
{
    ig_ref ref = sync->free;
    if (ref)
        sync->free = IG_AT(struct ig_token, ref)->next;
    else
        ref = ig_new(sizeof(struct ig_token));
    if (!ref)
        return 0;
    struct ig_token *token = IG_AT(struct ig_token, ref);
    token->next = 0;
    token->tag = token->begin = token->end = 0;
    token->count = token->flying = token->owner = 0;
    ig_vc_copy(&token->vc, 0);
    if (sync->last)
        IG_AT(struct ig_token, sync->last)->next = ref;
    else
        sync->first = ref;
    sync->last = ref;
    sync->tokens++;
    return ref;
}

void ig_token_remove(struct ig_sync *sync, ig_ref before, ig_ref token)
{
    ig_ref next = IG_AT(struct ig_token, token)->next;
    if (before)
        IG_AT(struct ig_token, before)->next = next;
    else
        sync->first = next;
    if (sync->last == token)
        sync->last = before;
    IG_AT(struct ig_token, token)->next = sync->free;
    sync->free = token;
    sync->tokens--;
}

void ig_tokens_drop(struct ig_sync *sync)
{
    while (sync->first)
        ig_token_remove(sync, 0, sync->first);
    sync->written = sync->taken = sync->wanted = 0;
    sync->readers = 0;
    ig_vc_copy(&sync->late, 0);
}

void ig_queue_start(ThreadId tid, const struct ig_key *key, UInt count, Bool reset)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    if (reset) {
        ig_trace_sync(ig_me(tid), "init", key, -1);
        ig_tokens_drop(sync);
        ig_vc_copy(&sync->vc, ig_me(tid)->vc);
        sync->known = 0;
    }
    if (!sync->known) {
        sync->known = 1;
        ig_ref ref = count ? ig_token_add(sync) : 0;
        if (ref)
            IG_AT(struct ig_token, ref)->count = count;
        if (ref && reset)
            ig_vc_copy(&IG_AT(struct ig_token, ref)->vc, ig_me(tid)->vc);
    }
    ig_sync_leave(tid, sync);
    if (reset)
        ig_task_tick(ig_me(tid));
}

void ig_queue_put(ThreadId tid, const struct ig_key *key, ULong tag, UInt count)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    struct ig_task *me = ig_me(tid);
    ig_trace_sync(me, "put", key, -1);
    ig_vc_join(&sync->vc, me->vc);
    ig_ref ref = sync->tokens < IG_MOST_TOKENS ? ig_token_add(sync) : sync->last;
    if (ref) {
        struct ig_token *token = IG_AT(struct ig_token, ref);
        ig_vc_join(&token->vc, me->vc);
        token->tag = tag;
        if (!token->count)
            token->begin = ++sync->written;
        token->count += count;
        token->flying++;
        token->owner = me->id;
    }
    ig_sync_leave(tid, sync);
    me->ending = key->kind;
    ig_task_tick(me);
    ig_sched_sync(tid);
}

void ig_queue_done(ThreadId tid, const struct ig_key *key, ULong tag, UInt count, Bool gave)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    ig_ref before = 0;
    for (ig_ref ref = sync->first; ref; ref = IG_AT(struct ig_token, ref)->next) {
        struct ig_token *token = IG_AT(struct ig_token, ref);
        if (token->owner == ig_me(tid)->id && token->flying && token->tag == tag) {
            token->flying--;
            token->end = ++sync->written;
            if (!gave)
                token->count -= count < token->count ? count : token->count;
            if (!token->count)
                ig_token_remove(sync, before, ref);
            break;
        }
        before = ref;
    }
    ig_sync_leave(tid, sync);
    ig_sched_sync(tid);
}

/* Were both being given at one time? The begin and end of a token count the object's events. */
static Bool overlap(const struct ig_token *a, const struct ig_token *b)
{
    ULong a_end = a->flying ? ~0ull : a->end;
    ULong b_end = b->flying ? ~0ull : b->end;
    return a->begin <= b_end && b->begin <= a_end;
}

/* Joins what a wait that takes @token may have been woken by. */
static void join_candidates(ThreadId tid, const struct ig_sync *sync, const struct ig_token *token)
{
    ig_ref *mine = &ig_me(tid)->vc;
    ig_vc_join(mine, token->vc);
    for (ig_ref ref = sync->first; ref; ref = IG_AT(struct ig_token, ref)->next) {
        const struct ig_token *other = IG_AT(struct ig_token, ref);
        if (other->tag == token->tag && overlap(token, other))
            ig_vc_join(mine, other->vc);
    }
}

/* The first token with the tag from @ref on, @before is the one before it. */
static ig_ref tagged(ig_ref ref, ULong tag, ig_ref *before)
{
    while (ref && tag && IG_AT(struct ig_token, ref)->tag != tag) {
        *before = ref;
        ref = IG_AT(struct ig_token, ref)->next;
    }
    return ref;
}

/* Others are in their wait, too, and may have been served before this one: then what it got is
 * one of the next tokens. */
static void join_next(ThreadId tid, const struct ig_sync *sync, ig_ref ref, ULong tag)
{
    ig_ref before = 0;
    ULong others = sync->readers;
    while (ref && others) {
        const struct ig_token *token = IG_AT(struct ig_token, ref);
        join_candidates(tid, sync, token);
        if (token->count >= others)
            return;
        others -= token->count;
        ref = tagged(token->next, tag, &before);
    }
}

static Bool take_one(ThreadId tid, struct ig_sync *sync, ULong tag)
{
    ig_ref before = 0;
    ig_ref ref = tagged(sync->first, tag, &before);
    if (!ref)
        return False;
    struct ig_token *token = IG_AT(struct ig_token, ref);
    join_candidates(tid, sync, token);
    if (sync->readers) {
        join_next(tid, sync, ref, tag);
        ig_vc_join(&sync->late, token->vc);
    }
    if (--token->count == 0)
        ig_token_remove(sync, before, ref);
    return True;
}

void ig_queue_want(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    sync->readers++;
    ig_sync_leave(tid, sync);
    ig_sched_sync(tid);
}

Bool ig_queue_take(ThreadId tid, const struct ig_key *key, ULong tag, UInt count)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    Bool all = True;
    if (!sync)
        return True;
    if (sync->readers)
        sync->readers--;
    if (count) {
        ig_vc_join(&ig_me(tid)->vc, sync->late);
        ig_me(tid)->slept = 0;
    }
    for (; count && all; count--)
        all = take_one(tid, sync, tag);
    if (!all)
        ig_vc_join(&ig_me(tid)->vc, sync->vc);
    ig_trace_sync(ig_me(tid), "take", key, -1);
    if (!sync->readers)
        ig_vc_copy(&sync->late, 0);
    ig_sync_leave(tid, sync);
    ig_sched_sync(tid);
    return all;
}

static void still_waiting(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    for (ig_ref ref = sync->readers ? sync->first : 0; ref; ref = IG_AT(struct ig_token, ref)->next)
        ig_vc_join(&sync->late, IG_AT(struct ig_token, ref)->vc);
    ig_sync_leave(tid, sync);
}

/* The waiter may begin after we looked and before the kernel does, or end before we look again: so
 * a wake-up counts while its call is under way, and then for those who wait still. */
void ig_wake(ThreadId tid, const struct ig_key *key)
{
    if (ig_me(tid))
        ig_trace_sync(ig_me(tid), "wake", key, -1);
    ig_queue_put(tid, key, 1, 1);
    still_waiting(tid, key);
}

void ig_wake_done(ThreadId tid, const struct ig_key *key)
{
    still_waiting(tid, key);
    ig_queue_done(tid, key, 1, 1, False);
}

void ig_woken(ThreadId tid, const struct ig_key *key, Bool woken)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    if (woken) {
        ig_vc_join(&ig_me(tid)->vc, sync->late);
        ig_trace_sync(ig_me(tid), "woken", key, -1);
        for (ig_ref ref = sync->first; ref; ref = IG_AT(struct ig_token, ref)->next)
            ig_vc_join(&ig_me(tid)->vc, IG_AT(struct ig_token, ref)->vc);
        ig_me(tid)->slept = 0;
    }
    if (sync->readers)
        sync->readers--;
    if (!sync->readers)
        ig_vc_copy(&sync->late, 0);
    ig_sync_leave(tid, sync);
    ig_sched_sync(tid);
}

void ig_queue_gone(ThreadId tid, const struct ig_key *key)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    while (sync->first)
        ig_token_remove(sync, 0, sync->first);
    sync->known = 0;
    ig_sync_leave(tid, sync);
}

ULong ig_queue_top(ThreadId tid, const struct ig_key *key, Bool *mixed)
{
    ULong top = 0;
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return 0;
    for (ig_ref ref = sync->first; ref; ref = IG_AT(struct ig_token, ref)->next) {
        ULong tag = IG_AT(struct ig_token, ref)->tag;
        *mixed = *mixed || (top && tag != top);
        top = tag > top ? tag : top;
    }
    ig_sync_leave(tid, sync);
    return top;
}
