/* SPDX-License-Identifier: MIT */
/**
 * What tally's shared memory may look like, and how a process gets it (5A).
 *
 *  1. Each start of tally calls tally_open() and gets the same memory.
 *  2. It counts, and takes the lock around each step.
 *
 * Only your own processes look into this memory. So if you know a better way,
 * with a semaphore for example, define a struct of your own instead.
 */
#ifndef TALLY_H
#define TALLY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

enum { TALLY_PATIENCE_S = 5 }; /* how long to wait for a creator */

/** All of the segment. A new one is all zero, so nobody is ready yet. */
struct tally {
    _Atomic uint32_t ready; /* the creator sets it, as the very last thing */
    pthread_mutex_t lock;   /* process-shared */

    /* Guarded by lock: */
    uint64_t count;
    uint32_t finished; /* processes that have added all they had to add */
};

/**
 * Make the segment @name, or get it if another process was the first.
 *
 * Of all processes that call it at the same time one becomes the creator. The
 * others wait until the memory is ready, at most TALLY_PATIENCE_S. A creator
 * that fails removes @name again.
 *
 * Return: the memory, ready for use and mapped until the process ends; or NULL
 *         after one line on standard error that says which call failed.
 */
struct tally *tally_open(const char *name);

#endif
