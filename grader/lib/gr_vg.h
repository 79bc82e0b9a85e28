/* SPDX-License-Identifier: MIT */
/**
 * Evidence from Memcheck: the text log of a whole process tree, judged.
 *
 * Lines carry `==pid==` and are split by it. An error counts once, for the pid on its own lines;
 * totals in summaries are never added up (a forked child's summary repeats its parent's errors).
 * They serve as a cross-check only: a program can write into the log, and through
 * /proc/self/fd or O_NONBLOCK it can make lines vanish from a pipe; a summary that counts fewer
 * errors than were shown, or more than were shown, is found out as GR_VG_FORGED.
 *
 *  1. gr_vg_new() makes a struct gr_vg; gr_vg_sources() names the student's files.
 *  2. gr_vg_started() each process the grader starts under Valgrind.
 *  3. gr_vg_feed() it the bytes as they arrive, in any pieces.
 *  4. Tell it how processes ended, gr_vg_process(), as far as the warden knows.
 *  5. gr_vg_judge(): findings, in order of appearance, and whether the report is whole.
 *  6. gr_vg_free().
 *
 * No findings at all means: the report is whole, and clean.
 *
 * Feed one stream. With `--log-fd` a program that closes all descriptors and then execs another
 * traced one loses that report (Valgrind turns to stderr): GR_VG_INCOMPLETE, though the program may
 * be right. `--log-socket` has no such gap, but one stream for each exec'd process: there, feed
 * whole lines only.
 */
#ifndef GR_VG_H
#define GR_VG_H

#include <stdbool.h>
#include <stddef.h>

/** How a process ended, as observed from outside. */
enum gr_vg_end {
    GR_VG_UNKNOWN,  /* a grandchild: its own parent reaped it */
    GR_VG_EXITED,   /* by exit or _exit */
    GR_VG_SIGNALED, /* by a signal other than SIGKILL: Valgrind had its say */
    GR_VG_KILLED,   /* SIGKILL: no summary can be expected */
    GR_VG_EXECED,   /* replaced itself by a program that is not traced */
};

enum gr_vg_kind {
    GR_VG_ERROR,      /* invalid access, uninitialised value, bad free, ... */
    GR_VG_LEAK,       /* "definitely lost" or "indirectly lost" in an exec'd process */
    GR_VG_FD,         /* descriptor open at exit, from --track-fds=yes */
    GR_VG_INCOMPLETE, /* banner without summary: the report breaks off */
    GR_VG_FORGED,     /* what Valgrind cannot have written: two summaries, bare text, ... */
    GR_VG_BROKEN,     /* Valgrind itself failed (out of memory, unhandled instruction): INFRA */
};

/** One finding; strings belong to the struct gr_vg. */
struct gr_vg_finding {
    enum gr_vg_kind kind;
    int pid;             /* of the first process that showed it; 0: not one process's */
    const char *program; /* its name, as told or from its "Command:" line; "" if neither */
    bool execed;         /* the pid printed a banner of its own */
    const char *what;    /* first line: "Invalid write of size 4" */
    const char *detail;  /* the lines after the stack ("Address 0x... is 0 bytes after a block") */
    const char *stack;   /* "fill (io.c:31)\nmain (sieve.c:12)", innermost first */
    const char *place;   /* innermost line of the student's own code, "io.c:31"; "" if none */
    size_t bytes;        /* leaks: bytes definitely + indirectly lost in this record */
    size_t count;        /* how often: the same words with the same stack are one finding */
};

struct gr_vg;

struct gr_vg *gr_vg_new(void);
void gr_vg_free(struct gr_vg *v);

/** The student's source files, names without directories. Once set, only these are places. */
void gr_vg_sources(struct gr_vg *v, const char *const *names, size_t n);

/** The grader itself started @pid under Valgrind as @name: a report of it must be there. */
void gr_vg_started(struct gr_vg *v, int pid, const char *name);

/** Take @len more bytes of the log. Memory is bounded whatever comes: 200 findings of a kind are
 *  kept, 1024 processes, a few KiB of text each. */
void gr_vg_feed(struct gr_vg *v, const char *data, size_t len);

/** Tell how the process @pid called @name ended. May be called once a pid, in any order. */
void gr_vg_process(struct gr_vg *v, int pid, const char *name, enum gr_vg_end end);

/** Judge what was fed; call it once, when the log has ended.
 *  Return: number of findings; gr_vg_get(v, i) gives each. */
size_t gr_vg_judge(struct gr_vg *v);
const struct gr_vg_finding *gr_vg_get(const struct gr_vg *v, size_t i);

/** One kind sentence for a student who sees "Invalid write of size 4" for the first time.
 *  Return: a static string. */
const char *gr_vg_explain(const struct gr_vg_finding *f);

#endif
