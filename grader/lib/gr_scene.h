/* SPDX-License-Identifier: MIT */
/**
 * Scenarios: student programs started, fed, watched and ended, in a jail of their own.
 *
 * A scene is one jail with one warden. Several programs may run in it at once.
 *
 *  1. gr_scene_open() makes the jail.
 *  2. gr_start() starts a program; it gets descriptors 0-2 and nothing else.
 *  3. gr_send() / gr_close_input() feed it; gr_wait_line(), gr_wait_blocked(), gr_wait_exit()
 *     wait for something that can be observed, never for time to pass. Output is collected
 *     all along, by one event loop inside these calls.
 *  4. gr_finish() takes the census, ends everything and gathers the evidence.
 *  5. gr_scene_close() frees it.
 *
 * Every wait ends: at the latest when a limit is hit. Then scene->stop says which one and every
 * further wait returns at once, so that a scenario can be written as straight lines; the suite's
 * runner (gr_suite.h) turns the stop into a verdict.
 */
#ifndef GR_SCENE_H
#define GR_SCENE_H

#include "gr_inject.h"
#include "gr_io.h"
#include "gr_jail.h"
#include "gr_proto.h"
#include "gr_result.h"
#include "gr_vg.h"

enum { GR_MAX_PROCS = 64, GR_MAX_FACTS = 256 };

/** Where things are and how patient to be: the same for all scenes of a suite process. */
struct gr_place {
    enum gr_backend backend;
    const char *bin_dir;        /* the student's programs, host path */
    const char *kit_dir;        /* gr-warden, tools, suppressions: host path */
    const char *work_dir;       /* backend none: an empty folder of this slot; else NULL */
    const char *const *sources; /* the student's files: findings point into these only */
    size_t nsources;
    int slot;
    double time_scale;
    bool bare; /* no jail, no watcher, no judging: only for measuring what they cost */
};

/** Why a scene stopped before its scenario was through. */
enum gr_stop {
    GR_GO,
    GR_STOP_DEADLOCK,
    GR_STOP_CPU,
    GR_STOP_WALL,
    GR_STOP_MEM,
    GR_STOP_OUTPUT,
    GR_STOP_INFRA, /* scene->trouble says what broke */
};

/** A program to be started. Zero is a sensible value for all but argv. */
struct gr_prog {
    const char *const *argv; /* argv[0] is looked up in the student's programs, the kit, /usr/bin */
    const char *input;       /* given on stdin, then closed; NULL = see keep_input */
    size_t input_len;        /* 0 with input set: strlen */
    bool keep_input;         /* leave stdin open for gr_send(); default without input: empty */
    const char *const *env;  /* extra "NAME=value", NULL at the end */
    enum gr_lens lens;
    const struct gr_inject *inject; /* faults for it, under any lens; NULL = none */
    unsigned nofile;                /* soft RLIMIT_NOFILE, 0 = 256 */
    unsigned nproc;         /* processes alive at once, 0 = GR_NPROC; not with backend none */
    size_t output_cap;      /* bytes of stdout and of stderr kept, 0 = 1 MiB */
    const char *vg_opts;    /* one more option for Valgrind, or NULL */
    int stdin_fd;           /* > 0: use this descriptor instead of a pipe; it stays the caller's */
    int stdout_fd;          /* > 0: the same for stdout */
    bool stdout_socket;     /* stdout is a stream socket, whose writes may be cut, and not a pipe */
    const char *stdin_word; /* what stdin_fd is, in a shell's words: "/dev/zero" */
    const char *stdout_word; /* the same for stdout_fd: "/dev/full" */
    const char *remark;      /* what a shell has no words for: "with a reader that goes away" */
    bool hold_output;        /* do not read its stdout until gr_release_output() */
    bool trickle;            /* give the input a few bytes at a time, as the program takes them */
    bool sigpipe_ignored;
    bool sigterm_ignored; /* and so by all that it starts */
    bool set_umask;       /* start it with the umask below, not with 022 */
    unsigned umask;
    bool may_exec; /* under Valgrind it may become another program: its report then ends early */
};

struct gr_proc {
    struct gr_scene *scene;
    uint32_t id;
    int pid; /* inside the jail */
    char name[32];
    char *command;    /* as a shell would be told, limits and redirections with it */
    char *remark;     /* of struct gr_prog, and the limit of processes; NULL = none */
    char *shown;      /* the start of its input, escaped; NULL = none */
    int in, out, err; /* our ends; -1 = closed */
    const char *feed; /* what is still to be given */
    size_t feed_len;
    bool feed_close;
    bool hold_output;
    bool trickle;
    struct gr_buf outbuf, errbuf;
    bool ended;
    int status; /* of wait(2), valid when ended */
    long cpu_ms;
    enum gr_lens lens;
    bool may_exec;
    bool execed; /* was under Valgrind and ended under another name: most likely by an exec */
};

/** The log of one exec'd image and of what it forked; only whole lines are judged. */
struct gr_log {
    int fd; /* -1 = ended */
    size_t len;
    char rest[8192]; /* the start of a line whose end is still to come */
};

struct gr_peer;

struct gr_scene {
    const struct gr_place *place;
    int sock;
    pid_t jail_pid;
    bool warden_up;
    struct gr_proc procs[GR_MAX_PROCS + 1]; /* the last stands for one that was too many */
    size_t nprocs;
    struct gr_fact facts[GR_MAX_FACTS];
    size_t nfacts;
    int log_port; /* where Valgrinds connect, 0 = none started yet */
    struct gr_log *logs;
    size_t nlogs;
    int calls_fd; /* our end of the call log of injection, -1 = none */
    int calls_wfd;
    struct gr_peer *peers; /* raw ends the suite holds, gr_peer.h; freed with the scene */
    int race_fd;           /* the session of ipcgrind, -1 = none; see gr_race.h */
    unsigned race_seed;    /* what its delays are drawn from */
    struct gr_buf calls;   /* asked with gr_calls_find() and its like */
    struct gr_vg *vg;
    struct gr_buf jail_err; /* what bwrap and the warden said */
    int jail_err_fd;
    enum gr_stop stop;
    char trouble[256];
    int64_t begun;      /* CLOCK_MONOTONIC ms */
    int64_t stalled;    /* gr_stalled_ms() then */
    long wall_ms;       /* the wall net */
    long cpu_limit_ms;  /* of all programs together */
    int watch;          /* what the warden was told, -1 = ask again */
    bool waiting;       /* inside a wait: only there silence may be a deadlock */
    int64_t moved_at;   /* ms; when bytes last went in or out, or the wait began */
    int extra_fd;       /* watched beside the programs' pipes; -1 = none */
    short extra_events; /* for POLLIN or POLLOUT */
    bool blocked_seen;
    bool reply_seen;
    struct gr_msg *reply;
    int reply_fd;
    long cpu_ms;         /* of the jail, known after gr_finish() */
    long warden_ms;      /* CPU of the warden itself */
    long warden_kib;     /* its peak memory */
    unsigned queues;     /* POSIX queues of default size its programs may hold together */
    char planted[4][32]; /* POSIX queues the suite made, as the census names them: no program's */
    size_t nplanted;
    bool ending; /* the warden was told to leave: its silence is no trouble then */
    bool jail_died;
    bool finished;
};

/**
 * Make a jail. CPU of all its programs together is limited to @cpu_ms, resident memory to 1 GiB,
 * wall time to ten times @cpu_ms plus 20 s (the net), all times the place's time scale. Where
 * others wait for a processor the net grows, to three times that at most. Return: a scene; on
 * failure its stop is GR_STOP_INFRA.
 */
struct gr_scene *gr_scene_open(const struct gr_place *place, long cpu_ms);
void gr_scene_close(struct gr_scene *s);

/** Start @prog. Return: its handle, valid until gr_scene_close(); never NULL. */
struct gr_proc *gr_start(struct gr_scene *s, const struct gr_prog *prog);

/** Queue @len more bytes for stdin; @data must stay valid until they are taken. */
void gr_send(struct gr_proc *p, const char *data, size_t len);
/** Close stdin once everything queued is taken. */
void gr_close_input(struct gr_proc *p);
/** Begin to read a stdout that was held. */
void gr_release_output(struct gr_proc *p);

/** Wait until the program ended and its output is drained. Return: true if it did. */
bool gr_wait_exit(struct gr_proc *p);
/** Wait until all programs of the scene ended. */
bool gr_wait_all(struct gr_scene *s);
/** Wait until stdout (@err: stderr) holds the whole line @line. Return: true if it came. */
bool gr_wait_line(struct gr_proc *p, bool err, const char *line);
/** Wait until stdout holds at least @n bytes. */
bool gr_wait_bytes(struct gr_proc *p, size_t n);
/** Wait until @p (or, with pid 0 in it, any process) blocks in system call @nr on @fd (-1 any). */
bool gr_wait_blocked(struct gr_proc *p, long nr, int fd);
/** Wait until @p sleeps in any system call: students may wait in other calls than we think of. */
bool gr_wait_asleep(struct gr_proc *p);
/** Wait until @n bytes came from @fd (a non-blocking FIFO of the jail). Return: true if they did.
 */
bool gr_wait_fd(struct gr_scene *s, int fd, char *buf, size_t n);
/**
 * Wait for the next line of the call log, from offset *@at, about @call with @part in its arguments
 * (NULL = any). Return: true with *@out filled and *@at behind it; false if all ended first.
 */
bool gr_wait_call(struct gr_scene *s, size_t *at, const char *call, const char *part,
                  struct gr_call *out);
/** Let go a process that a stop= rule holds. Return: true once it says that it goes on. */
bool gr_resume(struct gr_scene *s, int pid);
/** Wait until no process of the jail can go on by itself. Return: false if all ended first. */
bool gr_wait_stuck(struct gr_scene *s);
/**
 * Wait until @done(@arg), or until no process of the jail can go on by itself, or all ended.
 * Return: what @done says then.
 */
bool gr_wait_or_still(struct gr_scene *s, bool (*done)(void *), void *arg);
/** Signal a program. Return: 0, or -1 with errno ESRCH. */
int gr_signal(struct gr_proc *p, int sig);

/** Open a file of the jail's work folder, never blocking. Return: a descriptor or -1, errno. */
int gr_jail_open(struct gr_scene *s, const char *path, int flags, mode_t mode);
int gr_jail_mkfifo(struct gr_scene *s, const char *path, mode_t mode);
int gr_jail_unlink(struct gr_scene *s, const char *path);

/** Put one GR_FACT_WAIT for each task of the jail among the facts, in place of earlier ones; a
 *  circle of waits comes before them, with pid 0. Return: 0, or -1. */
int gr_snapshot(struct gr_scene *s);
/**
 * Watch @p and its descendants while nothing is sent to them.
 * Return: true if one of them was busy without moving a byte until it had used far more CPU than
 * any last bit of work takes; then the facts hold a GR_FACT_SPIN that names it and its loop.
 */
bool gr_spins(struct gr_proc *p);
/** Census, end of everything, evidence. Idempotent. */
void gr_finish(struct gr_scene *s);

/** First fact of @kind after index @from, or NULL. */
const struct gr_fact *gr_fact(const struct gr_scene *s, enum gr_fact_kind kind, size_t *from);

/** Return: how a shell is told to do what @prog says, for people; the caller frees it. */
char *gr_command_line(const struct gr_prog *prog);
/** Return: what gr_command_line() cannot say, or NULL; the caller frees it. */
char *gr_command_remark(const struct gr_prog *prog);
/** Wait until @done(@arg), asked whenever something happens, and each @ms milliseconds; give up,
 *  quietly, as soon as nothing in the jail can go on by itself. Return: true if it came to be. */
bool gr_wait_quiet(struct gr_scene *s, int ms, bool (*done)(void *arg), void *arg);
/** Wait until stdout holds at least @n bytes, or nothing in the jail can go on by itself. */
bool gr_wait_output(struct gr_proc *p, size_t n);
/** Return: true when every program of the scene has ended. */
bool gr_all_ended(const struct gr_scene *s);

/* Used between the files of the scene, not by suites. */
void gr_scene_pump(struct gr_scene *s, int timeout_ms);
/** Serve the scene until done(@arg) or a stop; look again at least every @look_ms. A jail in which
 *  nothing moves is a deadlock meanwhile. Return: what done() said last. */
bool gr_scene_wait(struct gr_scene *s, bool (*done)(void *), void *arg, int look_ms);
/** The same, looking as often as is enough for what the scene itself brings. */
bool gr_scene_until(struct gr_scene *s, bool (*done)(void *), void *arg);
void gr_scene_stop(struct gr_scene *s, enum gr_stop why, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/** RLIMIT_CPU of each process, seconds: the jail's own limit comes first, while the warden runs. */
unsigned gr_cpu_backstop(const struct gr_scene *s);
void gr_forget_facts(struct gr_scene *s, enum gr_fact_kind kind);
int gr_scene_ask(struct gr_scene *s, struct gr_msg *m, const int *fds, size_t nfds);
/** A request that is a few numbers and at most a path. */
struct gr_order {
    uint32_t type;
    int pid, value;
    int64_t a, b;
    const char *path;
};
/** Send @o and wait for the answer, s->reply. Return: 0 or an errno. */
int gr_scene_order(struct gr_scene *s, struct gr_order o);
/** Send @o, which has no answer. Return: 0, or -1 with errno. */
int gr_scene_tell(struct gr_scene *s, struct gr_order o);

#endif
