/* SPDX-License-Identifier: MIT */
/**
 * The words a suite process and its warden exchange.
 *
 * One SOCK_SEQPACKET socket, one struct gr_msg a packet: a fixed header, then `len` bytes of
 * payload whose meaning the type gives, descriptors beside it (SCM_RIGHTS). Both ends come from
 * the same build, so the layout is the compiler's. Requests are answered in order; events come
 * at any time. The student's programs never hold an end of this socket.
 */
#ifndef GR_PROTO_H
#define GR_PROTO_H

#include <stddef.h>
#include <stdint.h>

enum {
    GR_MSG_MAX = 48 * 1024, /* payload bytes */
    GR_MSG_FDS = 8,         /* descriptors in one message */
    GR_MAX_LOGS = 200,      /* Valgrind logs of one jail */
    GR_QUEUE_MAX = 16384,   /* bytes of a message of the raw peer */
    GR_MAX_QUEUES = 16,     /* POSIX queues an item may ask room for */
};

enum gr_msg_type {
    /* requests: suite -> warden */
    GR_REQ_START = 1, /* payload struct gr_start_req + strings; descriptors for its targets */
    GR_REQ_SIGNAL,    /* pid, value = signal number */
    GR_REQ_OPEN,      /* path as payload; value = open flags, a = mode -> a descriptor */
    GR_REQ_MKFIFO,    /* path as payload; a = mode */
    GR_REQ_UNLINK,    /* path as payload */
    GR_REQ_SOCKET,    /* value = enum gr_socket, a = port, b = SO_RCVBUF or the length of the queue,
                         path as    payload -> a descriptor, a = port; value EINPROGRESS: not connected
                         yet */
    GR_REQ_MKDIR,     /* path as payload; a = mode */
    GR_REQ_STATE,     /* pid -> a = its state, a letter as in /proc/PID/stat */
    GR_REQ_FDS,       /* pid -> GR_REP_FACT for each open descriptor, GR_REP_DONE */
    GR_REQ_WATCH,     /* value = enum gr_watch */
    GR_REQ_BLOCKED,   /* pid (0 = any), value = system call number, a = descriptor or -1 */
    GR_REQ_LIMITS,    /* a = CPU milliseconds of the whole jail, b = resident KiB */
    GR_REQ_CENSUS,    /* -> GR_REP_FACT..., GR_REP_DONE */
    GR_REQ_SNAPSHOT,  /* who is there and what it does -> GR_REP_FACT..., GR_REP_DONE */
    GR_REQ_SPIN,      /* who keeps the processor busy in the next a ms among pid and what descends
                         from it; b = 1: say in which loop -> GR_REP_FACT..., GR_REP_DONE */
    GR_REQ_LOG,       /* -> a = loopback port at which Valgrinds deliver their logs */
    GR_REQ_END,       /* kill everything, reply, leave; value = POSIX queues of default size for
                         which there must be room then, else a GR_FACT_CROWDED comes */
    GR_REQ_MQ_OPEN,   /* queue's name as payload; value = mode of a new queue (0: it must be there),
                         a, b = its mq_maxmsg, mq_msgsize -> a descriptor */
    GR_REQ_MQ_UNLINK, /* queue's name as payload */
    GR_REQ_SYSV,      /* value = enum gr_sysv */

    /* answers: warden -> suite */
    GR_REP_DONE = 64, /* value = 0 or an errno; pid for START; a descriptor for OPEN */
    GR_REP_FACT,      /* payload struct gr_fact */

    /* events: warden -> suite, any time */
    GR_EV_HELLO = 128, /* the warden stands: pid = its own */
    GR_EV_EXIT,     /* id of START, pid, value = wait status, a = CPU ms; payload: its name then */
    GR_EV_FACT,     /* payload struct gr_fact: something worth keeping */
    GR_EV_BLOCKED,  /* the state of GR_REQ_BLOCKED, or of GR_WATCH_QUIET: a = since when, ms */
    GR_EV_LIMIT,    /* value = enum gr_limit */
    GR_EV_LOG,      /* a Valgrind connected: its log, as a descriptor */
    GR_EV_DEADLOCK, /* nothing in the jail can go on since a (ms); GR_EV_FACTs came before it */
};

/** For GR_REQ_BLOCKED: asleep in whatever call. */
enum { GR_ANY_CALL = 1 << 20 };

/** For GR_REQ_SOCKET: stream sockets that connect, or that listen. */
enum gr_socket { GR_SOCKET_UNIX, GR_SOCKET_TCP, GR_SOCKET_UNIX_LISTEN, GR_SOCKET_TCP_LISTEN };
/** System V message queues, for GR_REQ_SYSV. None of them waits. */
enum gr_sysv {
    GR_SYSV_KEY = 1, /* file as payload, a = project -> a = key */
    GR_SYSV_GET,     /* a = key, b = flags -> pid = id */
    GR_SYSV_SEND,    /* pid = id, a = type, payload = text */
    GR_SYSV_TAKE,    /* pid = id, a = type wanted -> a = type, payload = text */
    GR_SYSV_STATE,   /* pid = id -> payload struct gr_queue_state */
    GR_SYSV_REMOVE,  /* pid = id */
};

/** What the kernel tells about a System V queue. */
struct gr_queue_state {
    uint64_t messages, bytes, room; /* room: bytes that fit into the empty queue */
    uint32_t mode;
    int32_t last_sender, last_receiver; /* pids, 0 = none yet */
};

/** Which of its limits a jail ran into. */
enum gr_limit { GR_LIMIT_CPU = 1, GR_LIMIT_MEM };

/** How closely the warden looks. */
enum gr_watch {
    GR_WATCH_LIMITS = 0, /* CPU and memory only: the suite itself is busy */
    GR_WATCH_QUIET = 2,  /* the suite wants a jail where nothing can move: GR_EV_BLOCKED then */
    GR_WATCH_HANG = 1,   /* the suite only waits: a jail where nothing can move is a deadlock */
};

struct gr_msg {
    uint32_t type;
    uint32_t id; /* START: chosen by the suite, comes back in EXIT */
    int32_t pid;
    int32_t value;
    int64_t a;
    int64_t b;
    uint32_t len;
    char payload[GR_MSG_MAX];
};
#define GR_MSG_HEAD offsetof(struct gr_msg, payload)

/** The limits of every program, where START asks for no other: processes alive in the jail, the
 * hard limit of descriptors, the bytes of a file. */
enum { GR_NPROC = 600, GR_NOFILE_HARD = 4096, GR_FSIZE = 64 << 20 };

/** START: this, then argc + envc NUL-terminated strings. */
struct gr_start_req {
    uint32_t argc;
    uint32_t envc;
    uint32_t nfds;
    int32_t target[GR_MSG_FDS]; /* descriptor number in the program, one for each passed */
    uint32_t nofile;            /* soft RLIMIT_NOFILE; 0 = 256 */
    uint32_t cpu_seconds;       /* RLIMIT_CPU of each process, a backstop */
    uint64_t as_bytes;          /* RLIMIT_AS; 0 = none */
    uint64_t fsize_bytes;       /* RLIMIT_FSIZE; 0 = GR_FSIZE */
    uint32_t nproc;             /* processes alive in the jail, without the warden; 0 = GR_NPROC */
    uint32_t ignore_sigpipe;    /* start with SIGPIPE ignored */
    uint32_t ignore_sigterm;    /* start with SIGTERM ignored */
    uint32_t set_umask;         /* with umask; else it has the warden's */
    uint32_t umask;
};

/** What a fact is about. */
enum gr_fact_kind {
    GR_FACT_ZOMBIE = 1, /* ended, and its parent never waited for it */
    GR_FACT_ORPHAN,     /* still running after the program that made it */
    GR_FACT_MSG,        /* System V message queue */
    GR_FACT_SEM,        /* System V semaphore set */
    GR_FACT_SHM,        /* System V shared memory */
    GR_FACT_MQUEUE,     /* POSIX message queue */
    GR_FACT_DEVSHM,     /* POSIX shared memory or named semaphore */
    GR_FACT_FILE,       /* file, FIFO, socket or directory in the work folder */
    GR_FACT_PROCESS,    /* snapshot: what one task does */
    GR_FACT_WAIT,       /* who waits for what, in words: a = enum gr_wait_kind */
    GR_FACT_SPIN,       /* busy without moving a byte: a = CPU ms, b = ms of the window */
    GR_FACT_FD,         /* an open descriptor: a = its number; text = where it leads */
    GR_FACT_CROWDED,    /* others of this user hold the queue bytes this jail was promised */
    GR_FACT_USAGE, /* CPU and memory used: a = CPU ms of all, b = the warden's, c = its peak KiB */
};

/** How the task of a GR_FACT_WAIT waits. */
enum gr_wait_kind {
    GR_WAITS_NOT,     /* it runs, or is in a call that ends by itself */
    GR_WAITS_TIMED,   /* asleep in a call with a time limit */
    GR_WAITS_FOREVER, /* until somebody else ends it */
};

struct gr_fact {
    uint32_t kind;
    int32_t pid;
    int32_t program; /* id of the START it belongs to, 0 = unknown */
    int64_t a;
    int64_t b;
    int64_t c;
    char name[64];  /* program name or object name */
    char text[768]; /* one sentence */
};

#endif
