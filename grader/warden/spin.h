/* SPDX-License-Identifier: MIT */
/** What a busy loop calls: one thread is traced for a moment, after it was found to be busy. */
#ifndef GR_SPIN_H
#define GR_SPIN_H

#include "explain.h"

enum { MAX_CALLS = 16 };

/** A kind of call a loop makes. */
struct spun_call {
    long nr;
    int64_t arg0, arg2;
    int64_t result; /* of the last one; -errno on failure */
    unsigned count;
};

struct spun {
    bool traced; /* false: tracing is not possible here */
    struct spun_call calls[MAX_CALLS];
    size_t n;
};

/** Watch thread @tid of @p for some milliseconds. */
void spin_trace(const struct proc *p, pid_t tid, struct spun *s);
/** The loop in words, and the way out of it. */
void spin_words(const struct proc *p, struct spun *s, struct text *out);

#endif
