/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rounds: @count tasks come together, and what each did before is seen by all after. A token
 * stands for a round until all of it have left. */
#include "ig_clock.h"
#include "ig_edge.h"
#include "ig_edge_impl.h"
#include "ig_sched.h"
#include "ig_session.h"
#include "ig_task.h"
#include "ig_trace.h"

static ig_ref find_round(const struct ig_sync *sync, ULong round, ig_ref *before)
{
    *before = 0;
    for (ig_ref ref = sync->first; ref; ref = IG_AT(struct ig_token, ref)->next) {
        if (IG_AT(struct ig_token, ref)->tag == round)
            return ref;
        *before = ref;
    }
    return 0;
}

Bool ig_round_complete(ThreadId tid, const struct ig_key *key, UInt count)
{
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return True;
    Bool complete = !count || sync->written % count == 0;
    ig_sync_leave(tid, sync);
    return complete;
}

ULong ig_round_arrive(ThreadId tid, const struct ig_key *key, UInt count)
{
    ig_ref before = 0;
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return 0;
    struct ig_task *me = ig_me(tid);
    ULong round = sync->written++ / (count ? count : 1) + 1;
    ig_ref ref = find_round(sync, round, &before);
    if (!ref) {
        ref = ig_token_add(sync);
        if (ref) {
            IG_AT(struct ig_token, ref)->tag = round;
            IG_AT(struct ig_token, ref)->count = count;
        }
    }
    ig_trace_sync(me, "arrive", key, -1);
    if (ref)
        ig_vc_join(&IG_AT(struct ig_token, ref)->vc, me->vc);
    ig_vc_join(&sync->vc, me->vc);
    ig_sync_leave(tid, sync);
    ig_task_tick(me);
    ig_sched_sync(tid);
    return round;
}

void ig_round_leave(ThreadId tid, const struct ig_key *key, ULong round)
{
    ig_ref before = 0;
    struct ig_sync *sync = ig_sync_enter(tid, key);
    if (!sync)
        return;
    ig_ref ref = find_round(sync, round, &before);
    if (ref) {
        struct ig_token *token = IG_AT(struct ig_token, ref);
        ig_vc_join(&ig_me(tid)->vc, token->vc);
        if (token->count <= 1)
            ig_token_remove(sync, before, ref);
        else
            token->count--;
    } else {
        ig_vc_join(&ig_me(tid)->vc, sync->vc);
    }
    ig_trace_sync(ig_me(tid), "leave", key, -1);
    ig_sync_leave(tid, sync);
    ig_sched_sync(tid);
}
