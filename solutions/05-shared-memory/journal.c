/* SPDX-License-Identifier: MIT */
/*
 * journal.c: a lock that survives its owner, and transfers that do (part 5C).
 *
 * Why a transfer is never half made: until its entry is complete no balance is
 * touched, and then the newest complete entry counts, which is older. Once the
 * entry is complete, ledger_lock() of the next owner stores both balances,
 * whether they had been stored or not. No kill finds a moment between.
 */
#include <errno.h>
#include <stdatomic.h>

#include "kit.h"
#include "ledger.h"

int ledger_init(struct ledger *l)
{
    pthread_mutexattr_t attr;
    int error = pthread_mutexattr_init(&attr);

    if (error == 0)
        error = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    if (error == 0)
        error = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    if (error == 0)
        error = pthread_mutex_init(&l->lock, &attr);
    for (int i = 0; i < LEDGER_ACCOUNTS; i++)
        l->balance[i] = LEDGER_START;
    return error;
}

/* What stands before this in the program is in memory before what follows. */
static void in_order(void)
{
    /* A kill is like a signal handler of this very thread: it sees the stores
     * as far as the thread has come, if the compiler left them in order. */
    atomic_signal_fence(memory_order_seq_cst);
}

static int complete(const struct entry *e)
{
    return e->begin != 0 && e->begin == e->end;
}

/* The newest complete entry, or NULL if no transfer was ever written down. */
static const struct entry *newest(const struct ledger *l)
{
    const struct entry *a = &l->journal[0], *b = &l->journal[1];

    if (complete(a) && complete(b))
        return a->begin > b->begin ? a : b;
    if (complete(a))
        return a;
    return complete(b) ? b : NULL;
}

/* @half: the kit point between the two balances. */
static void make(struct ledger *l, const struct entry *e, const char *half)
{
    l->balance[e->from] = e->from_after;
    kit_point(half);
    l->balance[e->to] = e->to_after;
}

int ledger_lock(struct ledger *l)
{
    int error = pthread_mutex_lock(&l->lock);
    const struct entry *last;

    if (error != EOWNERDEAD)
        return error;
    last = newest(l);
    if (last != NULL)
        make(l, last,
             "repair"); /* perhaps again: it holds balances, not an amount */
    l->repairs++;
    return pthread_mutex_consistent(&l->lock);
}

int ledger_unlock(struct ledger *l)
{
    return pthread_mutex_unlock(&l->lock);
}

void ledger_move(struct ledger *l, struct transfer t)
{
    const struct entry *last = newest(l);
    uint64_t n = last == NULL ? 1 : last->begin + 1;
    struct entry *e = &l->journal[n % 2];

    kit_point("locked");
    e->begin = n;
    in_order();
    kit_point("writing");
    e->from = t.from;
    e->to = t.to;
    e->from_after = l->balance[t.from] - t.amount;
    e->to_after = l->balance[t.to] + t.amount;
    in_order();
    e->end = n;
    in_order();
    kit_point("written");
    make(l, e, "half");
    kit_point("done");
}
