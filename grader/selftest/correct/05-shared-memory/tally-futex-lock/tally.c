/* SPDX-License-Identifier: MIT */
/*
 * tally NAME P K: count to P*K together with P - 1 others (part 5A).
 *
 * Each of P processes adds 1 K times. Who removes NAME: the one that finishes
 * last. By then all P have the memory mapped, and nobody else will come.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kit.h"
#include "tally.h"

enum { MAX_P = 64, MAX_K = 1000000 };

static int fail(const char *call, int error)
{
    fprintf(stderr, "tally: %s: %s\n", call, strerror(error));
    return -1;
}

/* Return: the number, or 0 if @text is none from 1 to @max. */
static uint32_t number(const char *text, unsigned long max)
{
    int digits = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    unsigned long n = digits ? strtoul(text, NULL, 10) : 0; /* or ULONG_MAX */

    return n <= max ? (uint32_t)n : 0;
}

/* 0 free, 1 taken, 2 taken and somebody waits: in the room of the mutex, which
 * nobody uses here. */
static _Atomic uint32_t *word(struct tally *t)
{
    return (_Atomic uint32_t *)(void *)&t->lock;
}

static int lock(struct tally *t)
{
    uint32_t seen = 0;

    if (atomic_compare_exchange_strong(word(t), &seen, 1))
        return 0;
    while (atomic_exchange(word(t), 2) != 0)
        if (syscall(SYS_futex, word(t), FUTEX_WAIT, 2, NULL, NULL, 0) == -1 && errno != EAGAIN &&
            errno != EINTR)
            return fail("futex", errno);
    return 0;
}

static int unlock(struct tally *t)
{
    if (atomic_exchange(word(t), 0) == 2)
        syscall(SYS_futex, word(t), FUTEX_WAKE, 1, NULL, NULL, 0);
    return 0;
}

static int add_one(struct tally *t)
{
    if (lock(t) == -1)
        return -1;
    kit_enter("add", 0);
    t->count++; /* three steps for the processor: load, add, store */
    kit_leave("add", 0);
    return unlock(t);
}

/* Return: how many processes, this one included, have finished; 0: failed. */
static uint32_t finish(struct tally *t, uint64_t *count)
{
    uint32_t nth;

    if (lock(t) == -1)
        return 0;
    nth = ++t->finished;
    *count = t->count;
    return unlock(t) == 0 ? nth : 0;
}

int main(int argc, char *argv[])
{
    uint32_t p = argc == 4 ? number(argv[2], MAX_P) : 0;
    uint32_t k = argc == 4 ? number(argv[3], MAX_K) : 0;
    struct tally *t;
    uint64_t count;
    uint32_t nth;

    if (p == 0 || k == 0) {
        fprintf(stderr, "usage: tally NAME P K, P to %d, K to %d\n", MAX_P, MAX_K);
        return 2;
    }
    t = tally_open(argv[1]);
    if (t == NULL)
        return 1;
    for (; k > 0; k--)
        if (add_one(t) == -1)
            return 1;
    nth = finish(t, &count);
    if (nth != p)
        return nth == 0;
    if (shm_unlink(argv[1]) == -1)
        return fail("shm_unlink", errno) == -1;
    if (printf("total %" PRIu64 "\n", count) < 0 || fflush(stdout) == EOF)
        return fail("write", errno) == -1;
    return 0;
}
