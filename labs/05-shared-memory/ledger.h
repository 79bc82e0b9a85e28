/* SPDX-License-Identifier: MIT */
/**
 * What ledger's shared memory holds (part 5C), and which transfers are made.
 *
 * Any process may be killed between any two of its instructions. So a transfer
 * is written down in the journal before it is made, and whoever finds that the
 * owner of the lock has died makes it again, from the journal.
 *
 * Transfer number n (1, 2, 3, ..) is written to slot n % 2: first `begin`, then
 * the rest, `end` last. A slot whose two numbers are equal, and not 0, is
 * complete. While one slot is being written, the other one, of the transfer
 * before, is complete; so the newest complete slot always tells which transfer
 * was the last one that counts. It holds balances and not the amount: they
 * can be stored once, or twice, or five times, with the same result.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <pthread.h>
#include <stdint.h>

enum { LEDGER_ACCOUNTS = 8, LEDGER_START = 1000 }; /* so all sums are 8000 */

/** One transfer, as it stands in the journal. */
struct entry {
    uint64_t begin;               /* its number, stored first */
    uint32_t from, to;            /* accounts; never the same */
    int64_t from_after, to_after; /* their balances when it is done */
    uint64_t end;                 /* its number again, stored last */
};

/** All of the shared memory. */
struct ledger {
    pthread_mutex_t lock; /* process-shared, robust */

    /* Guarded by lock: */
    int64_t balance[LEDGER_ACCOUNTS];
    struct entry journal[2];
    uint32_t repairs; /* how often a dead owner's transfer was looked after */
};

/** What is moved, and between which accounts. */
struct transfer {
    uint32_t from, to;
    int64_t amount;
};

/** Transfer @k (1, 2, ..) of worker @w (1, 2, ..): always the same one. */
static inline struct transfer ledger_transfer(uint32_t w, uint32_t k)
{
    uint32_t x = w * 2654435761u + k * 40503u;
    struct transfer t;

    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    t.from = x % LEDGER_ACCOUNTS;
    t.to = (t.from + 1 + (x >> 8) % (LEDGER_ACCOUNTS - 1)) % LEDGER_ACCOUNTS;
    t.amount = 1 + (x >> 16) % 100;
    return t;
}

/**
 * Make the accounts, each with LEDGER_START, in memory that is all zero.
 *
 * The lock works between processes, and tells when its owner has died.
 * Return: 0, or an error number, as pthread functions do.
 */
int ledger_init(struct ledger *l);

/**
 * Take the lock, and leave the accounts in order: if the owner died, make its
 * last transfer that counts once more, add 1 to `repairs`, and make the lock
 * usable again.
 *
 * Waits asleep. Calls kit_point("repair") between the two balances of a repair.
 * Return: 0, or an error number; then the lock is not held.
 */
int ledger_lock(struct ledger *l);

/** Give the lock back. Return: 0, or an error number. */
int ledger_unlock(struct ledger *l);

/**
 * Make the transfer @t: journal first, then the two balances.
 *
 * The caller holds the lock. Calls these, in this order:
 *     kit_point("locked")   first of all
 *     kit_point("writing")  directly after `begin` was stored
 *     kit_point("written")  directly after `end` was stored
 *     kit_point("half")     between the two balances
 *     kit_point("done")     last of all
 */
void ledger_move(struct ledger *l, struct transfer t);

#endif
