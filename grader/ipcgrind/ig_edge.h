/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_EDGE_H
#define IG_EDGE_H

/**
 * Happens-before edges. One mechanism is one file ig_edge_<mechanism>.c, which nobody else needs
 * to know:
 *
 * 1. Give it a key kind: the next free number of enum ig_sync_kind.
 * 2. For system calls write a `pre` that releases and a `post` that acquires, list them in a
 *    table of struct ig_call, and publish the table with IG_EDGE(...).
 * 3. For library functions write wrappers under `#ifdef IG_PRELOAD` in the same file: the build
 *    compiles every file twice, and the second object goes into the preloaded library. A wrapper
 *    tells the tool what happens with IG_ASK(letter, op, ...) and the `request` handler of the
 *    same file answers. See ig_edge_sem.c for the pattern.
 * 4. Publish before the program does it (release in `pre`), join after it did (acquire in
 *    `post`). In doubt order too much: that hides races, the other way invents them.
 * 5. Add tests/<mechanism>_ordered.c, tests/<mechanism>_race.c and their line in tests/TABLE.
 *
 * Three kinds of sync object:
 *   clock   one clock: every acquire sees every release so far
 *   queue   clocks with a count, in order: semaphores, messages
 *   stream  clocks with a byte range: pipes, stream sockets
 * All calls do nothing when @tid has no record or the session is broken.
 */
#ifndef IG_PRELOAD
#include "ig_layout.h"
#include "pub_tool_basics.h"

enum ig_sync_kind {
    IG_SYNC_NONE,
    IG_SYNC_ATOMIC,
    IG_SYNC_PIPE,       /* bytes */
    IG_SYNC_PIPE_EOF,   /* write ends closed */
    IG_SYNC_PIPE_EPIPE, /* read ends closed */
    IG_SYNC_FIFO_OPEN,
    IG_SYNC_SEM,
    IG_SYNC_MUTEX,
    IG_SYNC_ANNOTATED,
    IG_SYNC_SYSV_SEM,
    IG_SYNC_SYSV_ZERO, /* decrements, for those who wait for zero */
    IG_SYNC_SYSV_GONE, /* removal of the set */
    IG_SYNC_BARRIER,
    IG_SYNC_RWLOCK,  /* what writers did */
    IG_SYNC_READERS, /* what readers of the rwlock did */
    IG_SYNC_SPIN,
    IG_SYNC_ONCE,
    IG_SYNC_FUTEX,
    IG_SYNC_COPIES,  /* private objects after fork: no order, see ig_misuse.h */
    IG_SYNC_COND,    /* no order, either */
    IG_SYNC_MESSAGE, /* of a queue, POSIX or System V */
    IG_SYNC_SOCKET,  /* bytes */
    IG_SYNC_DATAGRAM,
    IG_SYNC_SOCKET_EOF,
    IG_SYNC_PAIR, /* of socketpair: no order, see ig_socket.c */
    IG_SYNC_CONNECT,
    IG_SYNC_NOTIFY, /* messages, for a signal that tells of them */
    IG_SYNC_SIGNAL,
    IG_SYNC_EVENTFD,
    IG_SYNC_FILE_LOCK,
    IG_SYNC_FILE_READERS,
    IG_SYNC_C11,     /* location of an atomic that tells its memory order */
    IG_SYNC_MOVED,   /* where the waiters of a futex were moved: no order */
    IG_SYNC_SEGMENT, /* number of a System V segment: no order, see ig_segment.h */
    /* the next mechanism here */
};

/* Key of the synchronisation object at address @a: shared memory by object and offset, private
 * memory by process. */
struct ig_key ig_key_at(ThreadId tid, enum ig_sync_kind kind, Addr a);

/* Key made of numbers that mean the same in every process (device, inode, id, ...). */
struct ig_key ig_key_of(enum ig_sync_kind kind, ULong a, ULong b);

/* The process that @tid runs in. */
Int ig_pid(ThreadId tid);

/* What @tid did so far happens before every later ig_acquire() of @key. */
void ig_release(ThreadId tid, const struct ig_key *key);

/* Every ig_release() of @key so far happens before what @tid does now. */
void ig_acquire(ThreadId tid, const struct ig_key *key);

/* Acquire, and remember @tid as the holder; ig_holder() is its record, NULL when there is none. */
void ig_acquire_hold(ThreadId tid, const struct ig_key *key);
void ig_release_hold(ThreadId tid, const struct ig_key *key);
struct ig_task *ig_holder(ThreadId tid, const struct ig_key *key);

/* All that @task did happens before what @tid does now; for a task that has ended. */
void ig_acquire_task(ThreadId tid, const struct ig_task *task);

/* The same for all that were killed, and could not say what their end gave away; with @ended for
 * all that are over. */
void ig_acquire_dead(ThreadId tid, Bool ended);

/* Forget @key: it has been initialised or removed. */
void ig_sync_reset(ThreadId tid, const struct ig_key *key);

/**
 * Queues. ig_queue_start() enters what the object holds when it is first seen, @count tokens
 * (again: no effect unless @reset, which is for an object that gets a new value). ig_queue_put()
 * adds @count tokens before the call that gives them, ig_queue_done() says that the call is over,
 * and whether it @gave. A taker calls ig_queue_want() before, and after that ig_queue_take() with
 * what it got, 0 for nothing: it takes the oldest tokens with the tag (0 = any), and joins those
 * that were given, or may have been taken, at the same time, whose order nobody knows. When there
 * are too few it acquires all that was ever put and returns False.
 */
void ig_queue_start(ThreadId tid, const struct ig_key *key, UInt count, Bool reset);
void ig_queue_put(ThreadId tid, const struct ig_key *key, ULong tag, UInt count);
void ig_queue_done(ThreadId tid, const struct ig_key *key, ULong tag, UInt count, Bool gave);
void ig_queue_want(ThreadId tid, const struct ig_key *key);
Bool ig_queue_take(ThreadId tid, const struct ig_key *key, ULong tag, UInt count);

/* The queue has been removed, and its number may be given to another one: forget what lies in it.
 * A call for the old one that is not over yet finds too little, and acquires all. */
void ig_queue_gone(ThreadId tid, const struct ig_key *key);

/* The highest tag in the queue; *@mixed says whether there are others. */
ULong ig_queue_top(ThreadId tid, const struct ig_key *key, Bool *mixed);

/**
 * Wake-ups reach only those who wait: ig_queue_want() before the wait, ig_woken() after it, and
 * whether it was woken. ig_wake() before the call that wakes, ig_wake_done() after it.
 */
void ig_wake(ThreadId tid, const struct ig_key *key);
void ig_wake_done(ThreadId tid, const struct ig_key *key);
void ig_woken(ThreadId tid, const struct ig_key *key, Bool woken);

/**
 * Rounds. ig_round_arrive() before the call that waits until @count tasks are there, gives the
 * number of the round; ig_round_leave() after it. ig_round_complete(): nobody has to wait now.
 */
Bool ig_round_complete(ThreadId tid, const struct ig_key *key, UInt count);
ULong ig_round_arrive(ThreadId tid, const struct ig_key *key, UInt count);
void ig_round_leave(ThreadId tid, const struct ig_key *key, ULong round);

/**
 * Streams. A writer calls write_begin before and write_end with the bytes written after; a reader
 * likewise. Of @fd the kernel is asked how much lies in the stream: bytes that vanished or came
 * from outside put the positions right.
 */
void ig_stream_write_begin(ThreadId tid, const struct ig_key *key);
void ig_stream_write_end(ThreadId tid, const struct ig_key *key, ULong bytes);
ULong ig_stream_read_begin(ThreadId tid, const struct ig_key *key, ULong wanted, Int fd);
void ig_stream_read_end(ThreadId tid, const struct ig_key *key, ULong wanted, ULong from,
                        ULong bytes);

/* The same for a reader that only looks: the bytes stay. */
void ig_stream_peek_end(ThreadId tid, const struct ig_key *key, ULong wanted, ULong from,
                        ULong bytes);

/* A system call that an edge wants to see. @args are those of the call; post gets its result. */
struct ig_call {
    UInt number;
    void (*pre)(ThreadId tid, UWord *args);
    void (*post)(ThreadId tid, UWord *args, SysRes res);
};

struct ig_edge {
    const HChar *name;
    const struct ig_call *calls; /* ends with {.pre = NULL, .post = NULL} */
    HChar letter;                /* of its client requests, 0 = none */
    UWord (*request)(ThreadId tid, UInt op, const UWord *args);
    void (*leave)(ThreadId tid, Bool exec);   /* the process is about to exit or exec */
    void (*signal)(ThreadId tid, Int signal); /* a handler is about to run */
};

/* Publishes an edge: the linker gathers all of them. */
#define IG_EDGE(variable)                                                                          \
    static const struct ig_edge *const variable##_entry                                            \
        __attribute__((section("ig_edges"), used)) = &(variable)

#endif
#endif
