/* SPDX-License-Identifier: MIT */
/**
 * What telem's shared memory holds (part 5D): one sample under a seqlock.
 *
 * There is one writer, and any number of readers, which never make it wait.
 * `seq` counts the beginnings and the ends of writes: it is odd while the
 * writer is inside one. A reader that finds the same even number before and
 * after it copied the values has a sample; any other reader has rubbish, and
 * tries again.
 *
 * The values are atomic although every access to them may be relaxed: a reader
 * does read them while they are written, and only atomic objects allow that.
 */
#ifndef TELEM_H
#define TELEM_H

#include <stdatomic.h>
#include <stdint.h>

enum {
    TELEM_VALUES = 8,
    TELEM_TRIES = 1000, /* after so many a reader gives up */
};

/** All of the segment. All zero is right: no write yet, a sample of zeros. */
struct telem {
    _Atomic uint32_t seq;                /* only the writer stores it */
    _Atomic int64_t value[TELEM_VALUES]; /* only the writer stores them */
};

/**
 * Publish the sample @v.
 *
 * Only the writer may call it. Never waits, whatever readers do.
 * Calls kit_point("write") when half of the values are stored.
 */
void telem_write(struct telem *t, const int64_t v[TELEM_VALUES]);

/**
 * Copy the newest sample to @v.
 *
 * Any number of processes may call it at the same time. It writes nothing to
 * @t, and it takes no lock: it tries, at most TELEM_TRIES times.
 * Calls kit_point("read") in each try that copies, when half of the values are
 * copied. (A try that finds seq odd copies nothing.)
 *
 * Return: 0, or -1 with errno EAGAIN (each try met a write: the writer is
 *         faster than we are, or has died or stands still inside one). Then
 *         what is in @v is no sample.
 */
int telem_read(struct telem *t, int64_t v[TELEM_VALUES]);

#endif
