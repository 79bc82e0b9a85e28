/* SPDX-License-Identifier: MIT */
/*
 * kit.h: places in your program that the grader can see.
 *
 * What several processes do together cannot be judged by their output alone,
 * and not by a clock. So your program says where it is, and the grader may hold
 * it there while it looks at what the others do: "a reader is inside; does the
 * writer wait now?"
 *
 *  1. Include this header. Nothing is linked, nothing is to be set up.
 *  2. Call the functions where the contract of your program says so. KIND and I
 *     are given there: kit_enter("eat", 2).
 *  3. Nothing else changes. When no grader watches, and under Valgrind, each of
 *     these calls returns at once: they order nothing between your processes,
 *     so they cannot hide a missing semaphore, and cannot replace one.
 *
 * A call never fails and leaves errno as it is. It may take any time: whoever
 * is held there stands still, and everybody else must go on as far as they may.
 * The calls may be made by any process and thread, not in signal handlers.
 */
#ifndef KIT_H
#define KIT_H

/* The grader's side; absent in a program that you start yourself. */
extern void gr_kit_hook(const char *what, const char *kind, int i)
    __attribute__((weak));

static inline void kit_say(const char *what, const char *kind, int i)
{
    if (gr_kit_hook)
        gr_kit_hook(what, kind, i);
}

/** I am going to ask for @kind: the next thing that I do may be to wait for it.
 */
static inline void kit_want(const char *kind, int i)
{
    kit_say("want", kind, i);
}

/** I have @kind now: I am inside. Called after the wait is over, before the
 * first use. */
static inline void kit_enter(const char *kind, int i)
{
    kit_say("enter", kind, i);
}

/** I am done with @kind. Called after the last use, while it is still mine:
 * before the post. */
static inline void kit_leave(const char *kind, int i)
{
    kit_say("leave", kind, i);
}

/** A place where the grader may kill this process, as if by kill -9. */
static inline void kit_point(const char *name)
{
    kit_say("point", name, -1);
}

#endif
