/* SPDX-License-Identifier: MIT */
/**
 * The result model: what one graded item came to, and one whole grading.
 *
 * How it is used:
 *  1. A suite process fills one struct gr_record for the item it ran and appends it to its
 *     result pipe with gr_record_write(): one JSON object on one line.
 *  2. `ipclab grade` reads the lines with gr_record_from_json(), adds what the suite cannot know
 *     (gated points, compile errors) and keeps them in a struct gr_result.
 *  3. After every item it calls gr_result_save(): `result.json`, replaced atomically.
 *  4. Every output format (terminal, CSV, later JUnit, Gradescope, ...) is a writer over
 *     struct gr_result and knows nothing else.
 *
 * All strings are UTF-8 owned by the record (or NULL where absent). Bytes that come from a
 * student's program are stored already escaped (gr_escape()): printable, no control characters.
 */
#ifndef GR_RESULT_H
#define GR_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Verdicts in order of precedence: a record's verdict is the first one that applies. */
enum gr_verdict {
    GR_TAMPER,
    GR_COMPILE_ERROR,
    GR_FORBIDDEN,
    GR_CRASH,
    GR_DEADLOCK,
    GR_CPU_LIMIT,
    GR_WALL_LIMIT,
    GR_MEM_LIMIT,
    GR_OUTPUT_LIMIT,
    GR_FAIL,
    GR_RACE,
    GR_MEMCHECK,
    GR_LEAK,
    GR_LEFTOVER,
    GR_SPIN,
    GR_PASS,
    GR_INFRA,      /* the grader broke; never a student's fault */
    GR_NOT_JUDGED, /* a lens or a jail is missing here: neither passed nor failed */
    GR_NVERDICTS
};

/** What an item measures; hygiene kinds count only when the part's behaviour items all pass. */
enum gr_kind { GR_BEHAVIOUR, GR_MEMORY, GR_HYGIENE, GR_RACES, GR_NKINDS };

/** How a scenario is run. */
enum gr_lens {
    GR_PLAIN,
    GR_MEMCHECK_LENS,
    GR_INJECT,
    GR_RACE_LENS,
    GR_HELGRIND,
    GR_DRD,
    GR_NLENSES
};

/** One observation that explains a verdict. */
struct gr_finding {
    char *kind;    /* "memcheck", "leak", "zombie", "orphan", "object", "descriptor", ... */
    char *process; /* program name, "sieve" */
    int pid;       /* inside the jail; 0 when there is none */
    char *text;    /* one sentence for the student */
    char *stack;   /* frames, innermost first, "read_full (io.c:31)" each on its own line */
    char *place;   /* "io.c:31", the student's line to look at first */
};

/** One graded item. */
struct gr_record {
    char *id;    /* "1B.3" */
    char *title; /* a sentence about behaviour */
    char *part;  /* "1B" */
    enum gr_kind kind;
    enum gr_lens lens;
    int points; /* earned */
    int max;
    bool gated; /* passed, but the part's behaviour is not complete: points withheld */
    enum gr_verdict verdict;
    char *message;  /* what went wrong, one or two sentences */
    char *expected; /* escaped; NULL when the failure is not a comparison */
    char *actual;   /* escaped */
    long from_line; /* line of the full text at which both excerpts begin; 0 = 1 */
    long diff_line; /* first differing line, counted from 1; 0 = none */
    long diff_col;  /* first differing column of that line, counted from 1 */
    char *command;  /* the program as started: "sieve 100" (shell-quoted) */
    char *input;    /* what it was given on stdin, escaped and cut; NULL = nothing */
    char *concept_; /* the idea that is tested, one sentence */
    char *where;    /* where the walkthrough explains it: "labs/01-pipes/README.md, step 01.4" */
    char *hint;     /* hint id: "01.4" */
    char *first;    /* for unwritten code: what to do first; NULL otherwise */
    uint64_t seed;
    long duration_ms;
    long cpu_ms;     /* of the student's programs */
    long warden_ms;  /* CPU of the warden beside them */
    long grader_kib; /* peak memory of suite process and warden */
    struct gr_finding *findings;
    size_t nfindings;
};

/** One grading of one lab. */
struct gr_result {
    char *lab;     /* slug, "01-pipes" */
    char *title;   /* "Pipes" */
    char *source;  /* the folder as the user named it */
    char *jail;    /* "bwrap", "none" */
    char *warning; /* said aloud in every format; NULL = none */
    char *started; /* UTC, ISO 8601 */
    uint64_t seed;
    double time_scale;
    long duration_ms;
    bool complete;             /* false while items are still to come */
    struct gr_record *records; /* in the order of the suite's list */
    size_t nrecords;
};

const char *gr_verdict_name(enum gr_verdict v);
/** Return: the verdict called @name, or GR_NVERDICTS. */
enum gr_verdict gr_verdict_parse(const char *name);
const char *gr_kind_name(enum gr_kind k);
enum gr_kind gr_kind_parse(const char *name);
const char *gr_lens_name(enum gr_lens l);
enum gr_lens gr_lens_parse(const char *name);

/**
 * Escape @len bytes for people and for JSON: printable ASCII and valid UTF-8 stay, '\n' becomes
 * a real line feed, every other byte `\xHH` (`\t`, `\r`, `\0` and `\\` by their C names).
 * At most @max bytes of input are kept, head and tail, with a mark `...[N bytes cut]...` between.
 * Return: a string the caller frees; never NULL (memory exhaustion ends the program).
 */
char *gr_escape(const void *data, size_t len, size_t max);

void gr_record_init(struct gr_record *r);
/** Free what @r owns, not @r itself. */
void gr_record_release(struct gr_record *r);
/** Append a finding; every string is copied, NULL allowed. */
void gr_record_add_finding(struct gr_record *r, const char *kind, const char *process, int pid,
                           const char *place, const char *stack, const char *text);

/**
 * Append @r to @fd as one JSON line in a single write().
 * Return: 0, or -1 with errno (of write; EMSGSIZE if the line would exceed 256 KiB, in which case
 * the texts are cut and it is tried again before giving up).
 */
int gr_record_write(const struct gr_record *r, int fd);
/**
 * Read one JSON line of @len bytes into @r (initialised by this call).
 * Return: 0, or -1 with a sentence in @err (of @errlen bytes) and errno EBADMSG.
 */
int gr_record_from_json(struct gr_record *r, const char *line, size_t len, char *err,
                        size_t errlen);

void gr_result_release(struct gr_result *res);
/** Points earned, points judged (without INFRA and NOT_JUDGED items), points of the lab. */
void gr_result_totals(const struct gr_result *res, int *earned, int *judged, int *max);
/** Withhold hygiene points of parts whose behaviour items did not all pass; idempotent. */
void gr_result_apply_gates(struct gr_result *res);
/** Exit status of a grading: 0 full marks, 1 below, 75 something could not be judged. */
int gr_result_exit_status(const struct gr_result *res);

/**
 * Write @res to @path as JSON (schema "ipclab/result/v1", grader/report/RESULT.md): to a
 * temporary file in the same folder, fsync, rename. A reader never sees half a file.
 * Return: 0, or -1 with errno.
 */
int gr_result_save(const struct gr_result *res, const char *path);

#endif
