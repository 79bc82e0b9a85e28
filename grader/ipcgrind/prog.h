/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROG_H
#define PROG_H

/* The program `ipcgrind`: what its parts know of each other. */
#include "ig_layout.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXIT_CLEAN = 0, EXIT_FINDINGS = 1, EXIT_USAGE = 2, EXIT_NO_VERDICT = 75 };

struct options {
    uint32_t seed;
    unsigned runs;
    unsigned grace; /* seconds that processes may outlive the program */
    const char *session;
    const char *json;
    const char *trace;
    uint32_t fault; /* see ig_header */
    int32_t fault_in;
    bool verbose;
    char **argv; /* of the program */
};

/* The session of one run. */
struct session {
    int fd;
    char *path;       /* what the tool opens */
    const char *name; /* what a person calls it, NULL for one in memory */
    struct ig_header *head;
    size_t size;
};

/* How the program ended. */
struct outcome {
    int status;        /* as wait gives it */
    unsigned left;     /* processes that still ran after the grace */
    int valgrind_fail; /* Valgrind could not be started */
};

/* prog_options.c: fills @o, or exits after --help, --version or a usage error. */
void options_parse(struct options *o, int argc, char **argv);

/* prog_check.c: 0 when the tool can run @name, else -1 with the reason said. */
int check_program(const char *name);

/* prog_session.c: open or make; -1 with the reason said. The last user of a named one removes it.
 */
int session_open(struct session *s, const struct options *o, uint32_t seed);
void session_close(struct session *s);

/* For a grader, which starts the programs itself: make an empty session in the file @path; look at
 * one, changing nothing. 0, or -1 with the reason said. session_close() both. */
int session_make(struct session *s, const char *path, uint32_t seed);
int session_view(struct session *s, const char *path);

/* prog_grader.c: `ipcgrind --session-begin FILE SEED` and `ipcgrind --session-report FILE`. */
bool is_session_command(const char *word);
int session_command(int argc, char **argv);

/* A string of the session; "" for none. */
const char *session_text(const struct session *s, ig_ref ref);
#define SESSION_AT(type, s, ref)                                                                   \
    ((const type *)(const void *)((const char *)(s)->head + (size_t)(ref)*IG_ALIGN))

/* prog_run.c: start the program under the tool and wait for all that comes of it. */
int run_program(const struct options *o, const struct session *s, struct outcome *out);

/* prog_trace.c: begin the event log of the session, where one is wanted; -1 with the reason said.
 * After the run say how much of it was lost. */
int trace_begin(const struct session *s, const struct options *o, uint32_t seed);
void trace_end(const struct session *s);

/* prog_collect.c: add what the session found to @result; see prog_collect.c for the form. */
void collect(json_t *result, const struct session *s, const struct outcome *out);

/* prog_print.c: the report for people, on standard error. */
void print_report(const json_t *result, const struct options *o);

/* prog_atomics.c: does the program in the file @path have variables of an _Atomic type? False, too,
 * when that cannot be known. */
bool uses_atomics(const char *path);

/* Says "ipcgrind: ..." on standard error. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

#endif
