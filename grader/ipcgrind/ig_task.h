/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_TASK_H
#define IG_TASK_H

/**
 * Tasks: the threads of all traced processes, in one clock.
 *
 * A record is made by whoever starts the task, with a copy of the starter's clock, so that fork
 * and thread creation order by themselves. It stays for the whole session: a wait call joins the
 * clock of a process that was killed, too.
 */
#include "ig_layout.h"
#include "pub_tool_basics.h"

/* The clocks of a thread's fences: see ig_edge_atomic.c. */
struct ig_fences {
    Int pid;         /* whose they are: a forked child begins with none */
    ig_ref released; /* clock at the last release fence: what later relaxed stores publish */
    ig_ref seen;     /* what earlier relaxed loads saw: what an acquire fence joins */
};

/* What this process keeps of its own threads, by Valgrind's thread number. */
struct ig_thread {
    struct ig_task *task; /* NULL: the slot is free or the session is broken */
    UInt ignore;          /* depth of "inside a synchronisation function" */
    Addr ignore_sp;       /* where that began: a longjmp above it ends it */
    UInt handlers;        /* signal handlers that run on top */
    UInt saved_ignore[8];
    Addr saved_sp[8];
    Addr handler_sp;   /* where the outermost handler broke in */
    Bool handler_calm; /* in a wait that lets signals in on purpose: sigsuspend and the like */
    UInt last_call;    /* the last system call */
    struct ig_fences fences;
    Bool atomic;       /* between the two requests of an atomic operation */
    UInt clock_before; /* own clock before the releases of the running system call, 0 = none */
    ULong random;
    UInt steps; /* points passed, see ig_sched.h */
    UInt delays;
    UInt yields;
};

extern struct ig_thread *ig_threads; /* NULL until the session is open */

/* The thread @tid; NULL when there is no session. */
static inline struct ig_thread *ig_thread(ThreadId tid)
{
    return ig_threads ? &ig_threads[tid] : NULL;
}

/* Its record; NULL when nothing is to be done. */
struct ig_task *ig_me(ThreadId tid);

/* Join the session as a program that starts: takes over the record of the process that called
 * exec, or makes a new one. */
void ig_task_start(void);

/* A record for a task that @tid is about to start; the caller fills in who it is. */
struct ig_task *ig_task_new(ThreadId tid);

/* The calling process has become @task, its only thread @tid. */
void ig_task_adopt(ThreadId tid, struct ig_task *task);

/* The thread @child of this process has the record @task. */
void ig_task_thread(ThreadId child, struct ig_task *task);

/* Kernel's numbers of the calling thread, into @task. */
void ig_task_identify(struct ig_task *task);

/* Every task of this process is over; also for exec, when only @tid goes on. */
void ig_task_end_all(void);
void ig_task_end(ThreadId tid);
void ig_task_end_others(ThreadId tid);

/* Releases are counted: what a task does after one is a new epoch. */
void ig_task_tick(struct ig_task *task);

/* The record with number @id. */
struct ig_task *ig_task_at(UInt id);
UInt ig_task_count(void);

/* Is what @word tells ordered before what @me does now? */
Bool ig_task_ordered(const struct ig_task *me, ULong word);

#endif
