/* SPDX-License-Identifier: MIT */
/*
 * journal.c, with a repair that compares first: a balance is stored only where
 * it is not what the newest complete entry says, and half written entries are
 * wiped, so that the journal holds complete entries only.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "kit.h"
#include "ledger.h"

int ledger_init(struct ledger *l)
{
    pthread_mutexattr_t attr;
    int error;

    memset(l, 0, sizeof *l);
    for (int i = 0; i < LEDGER_ACCOUNTS; i++)
        l->balance[i] = LEDGER_START;
    if ((error = pthread_mutexattr_init(&attr)) != 0 ||
        (error = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST)) != 0 ||
        (error = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED)) != 0)
        return error;
    error = pthread_mutex_init(&l->lock, &attr);
    pthread_mutexattr_destroy(&attr);
    return error;
}

/* Slot 0 or 1 with the greater number; an incomplete one counts as 0. */
static int newest(const struct ledger *l, uint64_t *number)
{
    uint64_t n[2];

    for (int i = 0; i < 2; i++) {
        const struct entry *e = &l->journal[i];

        n[i] = e->begin == e->end ? e->begin : 0;
    }
    *number = n[0] > n[1] ? n[0] : n[1];
    return n[0] > n[1] ? 0 : 1;
}

static void repair(struct ledger *l)
{
    uint64_t number;
    int slot = newest(l, &number);
    struct entry *e = &l->journal[slot], *other = &l->journal[1 - slot];

    if (other->begin != other->end)
        memset(other, 0, sizeof *other);
    if (number != 0 && l->balance[e->from] != e->from_after)
        l->balance[e->from] = e->from_after;
    kit_point("repair");
    if (number != 0 && l->balance[e->to] != e->to_after)
        l->balance[e->to] = e->to_after;
    l->repairs++;
}

int ledger_lock(struct ledger *l)
{
    int error = pthread_mutex_lock(&l->lock);

    if (error == EOWNERDEAD) {
        repair(l);
        error = pthread_mutex_consistent(&l->lock);
    }
    return error;
}

int ledger_unlock(struct ledger *l)
{
    return pthread_mutex_unlock(&l->lock);
}

void ledger_move(struct ledger *l, struct transfer t)
{
    uint64_t number;
    int64_t from = l->balance[t.from] - t.amount;
    int64_t to = l->balance[t.to] + t.amount;
    struct entry *e;

    newest(l, &number);
    e = &l->journal[++number % 2];
    kit_point("locked");
    e->begin = number;
    atomic_signal_fence(memory_order_seq_cst);
    kit_point("writing");
    e->from = t.from;
    e->to = t.to;
    e->from_after = from;
    e->to_after = to;
    atomic_signal_fence(memory_order_seq_cst);
    e->end = number;
    atomic_signal_fence(memory_order_seq_cst);
    kit_point("written");
    l->balance[t.from] = from;
    kit_point("half");
    l->balance[t.to] = to;
    kit_point("done");
}
