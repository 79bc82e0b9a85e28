/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_LAYOUT_H
#define IG_LAYOUT_H

/**
 * What lies in a session: the one file that every traced process maps MAP_SHARED.
 *
 * The tool (inside Valgrind, no libc) and the program `ipcgrind` (ordinary C) both include this
 * file, so it uses nothing but fixed-width types. Things point to each other by reference, the
 * offset in the file divided by IG_ALIGN, never by address; 0 is "none". The file is sparse and
 * grows by fallocate, so a full file system is an error code in the tool, not a SIGBUS.
 *
 * Change anything here and IG_VERSION goes up: two builds must not read each other's sessions.
 */
#include <stdint.h>

#define IG_MAGIC 0x646e697267637069ull /* "ipcgrind" */
#define IG_VERSION 4u
#define IG_ALIGN 64u

enum {
    IG_CHUNK = 1 << 20,
    IG_MAX_TASKS = 1 << 16,
    IG_MAX_PATH = 4096,
    IG_MAX_FRAMES = 12, /* kept of each stack */
    IG_BUCKETS = 1 << 14,
};

typedef uint32_t ig_ref;

/* Why there can be no verdict; the first one stays. */
enum ig_broken {
    IG_WHOLE = 0,
    IG_FULL,       /* the session's file system has no room left, or the session its size */
    IG_TASKS_OUT,  /* more tasks than IG_MAX_TASKS */
    IG_CLOCK_OUT,  /* a task's clock ran over */
    IG_NOT_JOINED, /* a traced program could not open the session */
};

/* What the tool could not see; bits of ig_header.partial. */
enum ig_partial {
    IG_PARTIAL_STOPPED = 1 << 0, /* a stopped process held a lock: the access was skipped */
    IG_PARTIAL_STOLEN = 1 << 1,  /* a lock was taken from a dead process while it changed a sync */
    IG_PARTIAL_SPLICE = 1 << 2,  /* a call that moves bytes between descriptors unseen */
    IG_PARTIAL_VFORK = 1 << 4,   /* a vfork child that held its parent up too long */
    IG_PARTIAL_CALL = 1 << 3,    /* a call whose ordering is not modelled yet */
};

/* A word that describes one access: who, when, how. */
#define IG_WORD(task, clock) ((uint64_t)(task) << 32 | (uint32_t)(clock))
#define IG_WORD_TASK(w) ((uint32_t)((w) >> 32) & 0xffffu)
#define IG_WORD_CLOCK(w) ((uint32_t)(w))
#define IG_WORD_EPOCH(w) ((w)&0x0000ffffffffffffull)
#define IG_WORD_SIZE(w) ((uint32_t)((w) >> 48) & 0xffu)
#define IG_WORD_FLAGS(w) ((uint32_t)((w) >> 56))
#define IG_WORD_OF(task, clock, size, flags)                                                       \
    (IG_WORD(task, clock) | (uint64_t)(size) << 48 | (uint64_t)(flags) << 56)

enum ig_access {
    IG_WRITE = 1,
    IG_ATOMIC = 2,
    IG_SYSCALL = 4, /* the kernel touched it on the program's behalf */
    IG_VISIBLE =
        8, /* by a program whose atomics say that they are: this is none if not IG_ATOMIC */
};

/* Held by the task whose number is owner - 1; see ig_lock.h. */
struct ig_lock {
    uint32_t owner;
};

/* Clock of each task that is known to happen before. */
struct ig_vc {
    uint32_t cap;
    uint32_t used;
    uint32_t clock[];
};

/* What is remembered of the last epochs of a task, for the words of a report. */
enum { IG_EPOCHS = 32 };
#define IG_LOCKS_MANY 0xffffffffu

/* Names a thing that orders. `kind` is enum ig_sync_kind of ig_edge.h. */
struct ig_key {
    uint32_t kind;
    uint32_t extra;
    uint64_t a, b;
};

enum ig_task_state {
    IG_TASK_NEW, /* made by its parent, has not run yet */
    IG_TASK_RUNNING,
    IG_TASK_EXEC, /* in execve: the new program will take the record over */
    IG_TASK_ENDED,
};

/* One thread of one process. Only the task itself changes it while it runs. */
struct ig_task {
    uint32_t id;
    uint32_t state;
    int32_t pid;
    int32_t tid;
    uint64_t start; /* of the thread, in clock ticks since boot: tells apart a reused number */
    ig_ref vc;
    ig_ref program;  /* string */
    ig_ref fork_vc;  /* what a vfork parent joins: the child's clock at exec or exit */
    uint32_t parent; /* task id + 1, 0 = started from outside */
    uint32_t waited; /* a wait call has collected the process */
    uint32_t vforked;
    uint32_t programs; /* programs that took the record over after exec */
    uint32_t killed;   /* found dead without having said so */
    uint64_t pthread;  /* pthread_self(), for pthread_join */
    uint32_t slept;    /* and acquired nothing since */
    uint32_t ending;   /* kind of the release that ends this epoch; then into `ended` */
    uint32_t locks;    /* how many it holds */
    uint32_t lock;     /* and which, IG_LOCKS_MANY for several */
    uint8_t ended[IG_EPOCHS];
    uint32_t lock_in[IG_EPOCHS];
    struct ig_key waits_for; /* the object in whose wait call it is, kind 0 = none */
    ig_ref waits_at;
};

/* Strings, modules, frames and stacks are written once and found by their hash. */
struct ig_node {
    ig_ref next;
    uint32_t hash;
};

struct ig_string {
    struct ig_node node;
    uint32_t length;
    char text[];
};

struct ig_frame {
    struct ig_node node;
    ig_ref module;   /* string: the path */
    ig_ref function; /* string or none */
    ig_ref file;     /* string or none, with its folder */
    uint32_t line;
    uint64_t offset; /* in the module */
};

/* Parts of the names of modules that are not the program's own: what it calls there has the same
 * line for all callers, so the line of a finding is that of the first other frame. */
#define IG_LIBRARIES "/libc.so", "/libc-2", "/ld-linux", "vgpreload_", "/libpthread"

struct ig_stack {
    struct ig_node node;
    uint32_t count;
    ig_ref frame[IG_MAX_FRAMES];
};

enum ig_memory {
    IG_MEMORY_FILE,
    IG_MEMORY_ANONYMOUS,
    IG_MEMORY_SYSV,
};

/* A piece of memory that several processes may see, whatever its addresses. */
struct ig_object {
    struct ig_node node;
    uint32_t kind;
    ig_ref name; /* string, as a person would call it */
    uint64_t dev;
    uint64_t ino;
    uint64_t generation; /* creation time where it is known: a reused inode is another object */
};

/* Accesses to one granule of 8 bytes. `next` leads to cells of the same granule; the byte masks
 * of a chain never overlap, and all bytes of a mask share one history. The lock of the first cell
 * guards the chain. */
struct ig_cell {
    struct ig_lock lock; /* of the first cell only */
    uint32_t mask;
    uint64_t write; /* IG_WORD_OF, 0 = none */
    uint64_t read;  /* the last read when all reads are ordered */
    ig_ref write_stack;
    ig_ref read_stack;
    ig_ref next;
    ig_ref reads; /* struct ig_read, the others */
};

struct ig_read {
    uint64_t word; /* 0 = free for reuse */
    ig_ref stack;
    ig_ref next;
};

/* Cells of 4096 bytes of an object. */
enum { IG_PAGE = 4096, IG_GRANULE = 8, IG_PAGE_CELLS = IG_PAGE / IG_GRANULE };
struct ig_page {
    struct ig_node node;
    ig_ref object;
    uint32_t spare;
    uint64_t number;
    uint64_t spare2[5];
    struct ig_cell cell[IG_PAGE_CELLS];
};

struct ig_side {
    uint64_t word;
    ig_ref stack;
    int32_t pid;
    int32_t tid;
    ig_ref program;
    ig_ref call; /* string: the function, when it is no access */
    uint32_t spare;
};

/* One clock that waits in a sync object to be acquired: see ig_edge.h. */
struct ig_token {
    ig_ref next;
    ig_ref vc;
    uint64_t tag;
    uint64_t begin, end; /* of the byte range, for streams */
    uint32_t count;      /* how many acquires it serves, for queues */
    uint32_t flying;     /* releases that have begun and not ended */
    uint32_t owner;      /* task id of the last that began */
    uint32_t spare;
};

struct ig_sync {
    struct ig_node node;
    struct ig_key key;
    struct ig_lock lock;
    ig_ref vc;          /* of all releases so far */
    ig_ref first, last; /* tokens in order */
    ig_ref free;
    ig_ref
        late; /* queues: taken while other takes were under way, which may have been served first */
    uint32_t tokens;
    uint32_t owner;   /* task id + 1 of the holder, for locks */
    uint32_t known;   /* queues: the initial value has been entered */
    uint32_t readers; /* streams, queues: reads that have begun and not ended */
    uint64_t wanted;  /* streams: bytes those may take */
    uint64_t written;
    uint64_t taken;
    uint32_t live; /* initialised and not destroyed since */
    uint32_t spare;
    struct ig_side made; /* where it was initialised */
    struct ig_side user; /* who used it first */
};

enum ig_kind {
    IG_RACE,
    IG_FLAG, /* a plain access and an atomic one: may be a C11 atomic that x86 does not show */
    /* misuse of an object that synchronises: ig_misuse.h */
    IG_NOT_SHARED,
    IG_ONE_COPY_EACH,
    IG_INIT_TWICE,
    IG_DESTROYED,
    IG_NOT_OWNER,
    IG_NO_MUTEX,
    IG_UNSAFE_CALL,
    IG_MESSAGE_SIZE,
    IG_KINDS,
};

/* Why the two sides of a race are not ordered, where a known pattern fits. */
enum ig_words {
    IG_WORDS_NONE,
    IG_WORDS_SLEPT,
    IG_WORDS_POLLED,
    IG_WORDS_ONE_LOCK,
    IG_WORDS_TWO_LOCKS,
    IG_WORDS_POSTED, /* the release came before the access, not after it */
    IG_WORDS_UNLOCKED,
    IG_WORDS_WROTE,
    IG_WORDS_SENT,
};

struct ig_report {
    struct ig_node node;
    uint32_t kind;
    uint32_t count;
    ig_ref object;
    uint32_t size;
    uint64_t offset;
    uint32_t words;     /* enum ig_words */
    uint32_t both_ways; /* the reader of one meeting was the writer of another */
    uint64_t reader[2]; /* the epoch that read last; [1]: it had read before the other wrote */
    uint64_t writer;
    struct ig_side
        side[2]; /* in the order in which the tool saw them; pid 0 = there is no second */
};

enum ig_table {
    IG_STRINGS,
    IG_FRAMES,
    IG_STACKS,
    IG_OBJECTS,
    IG_PAGES,
    IG_SYNCS,
    IG_REPORTS,
    IG_TABLES,
};

/* What tells a session from any other file. */
struct ig_intro {
    uint64_t magic;
    uint32_t version;
    uint32_t header_size;
    uint64_t size; /* of the file */
};

struct ig_header {
    struct ig_intro intro;
    uint64_t top;       /* first byte not given away; atomic */
    uint64_t committed; /* bytes that fallocate has promised; atomic, only grows */
    uint32_t broken;    /* enum ig_broken */
    uint32_t partial;   /* enum ig_partial */
    uint32_t tasks;     /* number of task records; atomic */
    uint32_t seed;
    uint32_t started;     /* programs that have joined */
    uint32_t stolen;      /* locks taken over from the dead; atomic */
    uint32_t fault;       /* for tests: a signal that a child sends itself inside a cell lock ... */
    int32_t fault_in;     /* ... when this many have been taken; atomic */
    uint64_t events;      /* in the log; atomic */
    uint64_t events_lost; /* that could not be written there; atomic */
    char trace[IG_MAX_PATH]; /* the log's path, empty for none */
    ig_ref task[IG_MAX_TASKS];
    ig_ref table[IG_TABLES][IG_BUCKETS];
};

#endif
