/* SPDX-License-Identifier: MIT */
/**
 * Injection from the suite's side: what is to happen to a program, and what calls it made.
 *
 *  1. Fill a struct gr_inject and put it into struct gr_prog: `.inject = &in`. The program then
 *     runs with the injection library (grader/inject/README.md: what is injected where, and
 *     the rules), under any lens. Take the seed from gr_random(), so that --seed replays it.
 *  2. After gr_wait_exit(), or after gr_wait_call() has seen the line it waited for, ask the
 *     scene's call log: gr_calls_find(), gr_calls_count(), gr_calls_next().
 *
 * The log is written by the library inside the student's process. It explains, and it shows
 * mistakes; it is no proof against a program that forges it. So judge what it shows to be wrong,
 * never give points because a line is there.
 */
#ifndef GR_INJECT_H
#define GR_INJECT_H

#include "gr_io.h"

/** Percentages are of the calls that the kernel could do this to. Zero injects nothing. */
struct gr_inject {
    uint64_t seed;
    unsigned cut;    /* short reads and writes */
    unsigned eintr;  /* only if the contract says that calls may be interrupted */
    unsigned eagain; /* on O_NONBLOCK descriptors */
    unsigned wake;   /* condition variables wake up for no reason */
    unsigned jitter; /* pauses before and after calls, of up to jitter_us microseconds */
    unsigned jitter_us;
    bool assume_handler;      /* EINTR even where no handler of the program could cause it */
    bool handlers;            /* log what its signal handlers call of stdio, as @handler lines */
    bool hooks;               /* kit.h speaks: see gr_kit.h */
    const char *calls;        /* "read,write": random faults hit these only; NULL = all */
    const char *trace;        /* "sem_open,mmap" or "all": calls to be logged; NULL = faults only */
    const char *const *rules; /* "stop=after:mq_receive:1", ..; NULL at the end; or NULL */
};

/** Where the program is and who it is. */
struct gr_inject_where {
    const char *bin_dir; /* as the program sees it: programs from here are the student's */
    unsigned proc;       /* which start of the scene: the root of its processes' labels */
    double time_scale;   /* stretches delays and jitter */
    int log_fd;          /* the log's descriptor in the program; -1 = no log */
    unsigned long log_ino;
};

/**
 * Build the environment variable.
 * Return: "IPCLAB_INJECT=...", the caller frees; NULL with errno EINVAL if the folder's name
 * cannot be written in it.
 */
char *gr_inject_env(const struct gr_inject *in, const struct gr_inject_where *where);

/** One line of the log. Pointers lead into the log: valid until more of it is read. */
struct gr_call {
    int pid;
    char label[40]; /* "2.1": first child of the program that was started as number 2 */
    char name[32];  /* "sem_open"; "@stop" and the like for what a rule did */
    const char *args;
    size_t args_len;
    long result;
    char error[16]; /* "EINTR"; "" where the call did not fail */
    char fault[16]; /* "short", "eintr", ..: what was injected; "" = nothing */
};

/**
 * Take the next whole line from offset *@at whose name is @call (NULL = any).
 * Return: true with *@out filled and *@at behind it; false at the end.
 */
bool gr_calls_next(const struct gr_buf *log, size_t *at, const char *call, struct gr_call *out);
/**
 * Find the first line about @call whose arguments hold @part (NULL = any), for example
 * gr_calls_find(log, "sem_open", "\"/mine\"", NULL).
 * Return: true; *@out, if not NULL, is the call.
 */
bool gr_calls_find(const struct gr_buf *log, const char *call, const char *part,
                   struct gr_call *out);
/** Return: how many lines about @call there are (NULL = all). */
size_t gr_calls_count(const struct gr_buf *log, const char *call);

#endif
