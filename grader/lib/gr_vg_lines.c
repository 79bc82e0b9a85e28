/* SPDX-License-Identifier: MIT */
/**
 * One line of Memcheck's log at a time: what it says about its process.
 *
 * An error record is a line of words, its stack, then details:
 *     ==12== Invalid write of size 4
 *     ==12==    at 0x109235: use (a.c:8)
 *     ==12==  Address 0x4a42040 is 0 bytes inside a block of size 40 free'd
 *     ==12==    at 0x484417B: free (in ...)
 *     ==12==
 * Records of several processes interleave, so each process has an open record of its own. A line
 * that is known to begin an error counts at once (the process may be killed before the stack); any
 * other line of words counts when a stack follows it.
 */
#include "gr_vg_impl.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void gr_vg_forged(struct gr_vg_pid *p, const char *why)
{
    if (p->forged == NULL)
        p->forged = why;
}

static const char *const error_heads[] = {
    "Invalid read of size ",
    "Invalid write of size ",
    "Invalid free()",
    "Mismatched free()",
    "Conditional jump or move depends on uninitialised value",
    "Use of uninitialised value",
    "Syscall param ",
    "Source and destination overlap in ",
    "Jump to the invalid address",
    "Argument '",
    "Illegal memory pool address",
    "realloc() with size 0",
};

static bool is_error_head(const char *s)
{
    for (size_t i = 0; i < sizeof(error_heads) / sizeof(error_heads[0]); i++)
        if (gr_vg_starts(s, error_heads[i]))
            return true;
    return false;
}

/* "10 bytes in 1 blocks are definitely lost in loss record 1 of 1" and its kin. */
static bool is_leak_head(const char *s, enum gr_vg_type *type)
{
    if (*s < '0' || *s > '9' || strstr(s, " bytes in ") == NULL ||
        strstr(s, " blocks are ") == NULL)
        return false;
    if (strstr(s, " definitely lost in loss record ") != NULL)
        *type = GR_VG_REC_DEFINITE;
    else if (strstr(s, " indirectly lost in loss record ") != NULL)
        *type = GR_VG_REC_INDIRECT;
    else if (strstr(s, " in loss record ") != NULL)
        *type = GR_VG_REC_OTHER_LEAK;
    else
        return false;
    return true;
}

/* A number with thousands separators, as Valgrind prints it; huge ones saturate.
 * Return: what follows it, or NULL if @s does not begin with a digit. */
static const char *parse_count(const char *s, size_t *n)
{
    if (*s < '0' || *s > '9')
        return NULL;
    for (*n = 0; (*s >= '0' && *s <= '9') || *s == ','; s++) {
        if (*s == ',')
            continue;
        size_t digit = (size_t)(*s - '0');
        *n = *n > (SIZE_MAX - digit) / 10 ? SIZE_MAX : *n * 10 + digit;
    }
    return s;
}

static enum gr_vg_kind kind_of(enum gr_vg_type type)
{
    switch (type) {
    case GR_VG_REC_DEFINITE:
    case GR_VG_REC_INDIRECT:
    case GR_VG_REC_OTHER_LEAK:
        return GR_VG_LEAK;
    case GR_VG_REC_FD:
        return GR_VG_FD;
    case GR_VG_REC_ERROR:
    case GR_VG_REC_SIGNAL:
        break;
    }
    return GR_VG_ERROR;
}

static void count_record(struct gr_vg *v, struct gr_vg_pid *p, enum gr_vg_type type)
{
    if (type == GR_VG_REC_SIGNAL || (type == GR_VG_REC_FD && !v->fd_errors))
        return;
    p->shown++;
    v->shown++;
    p->errors = p->errors || type == GR_VG_REC_ERROR;
    if (type == GR_VG_REC_ERROR || type == GR_VG_REC_DEFINITE)
        p->counted++;
}

static void open_record(struct gr_vg *v, struct gr_vg_pid *p, enum gr_vg_type type,
                        const char *what)
{
    gr_vg_close(v, p);
    count_record(v, p, type);
    struct gr_vg_rec *r = calloc(1, sizeof(*r));
    if (r == NULL) {
        v->no_memory = true;
        return;
    }
    r->type = type;
    r->seq = v->seq++;
    r->f.kind = kind_of(type);
    r->f.pid = p->pid;
    r->f.execed = p->banner;
    gr_vg_copy(r->what, sizeof(r->what), what);
    if (r->f.kind == GR_VG_LEAK) {
        char *tail = strstr(r->what, " in loss record ");
        if (tail != NULL)
            *tail = '\0'; /* its number differs from process to process */
        parse_count(what, &r->f.bytes);
        r->drop = type == GR_VG_REC_OTHER_LEAK || !p->banner;
    }
    r->drop = r->drop || type == GR_VG_REC_SIGNAL;
    p->rec = r;
}

void gr_vg_close(struct gr_vg *v, struct gr_vg_pid *p)
{
    struct gr_vg_rec *r = p->rec;

    p->rec = NULL;
    p->head[0] = '\0';
    if (r == NULL)
        return;
    /* mq_notify keeps a netlink socket of its own; no program can close it. */
    if (r->type == GR_VG_REC_FD && strstr(r->stack, "init_mq_netlink") != NULL)
        r->drop = true;
    if (r->drop)
        free(r);
    else
        gr_vg_keep(v, r);
}

static void banner(struct gr_vg *v, struct gr_vg_pid *p)
{
    gr_vg_close(v, p);
    if (p->summaries > 0)
        gr_vg_forged(p, "a process began anew after its last report");
    p->banner = true;
    v->any_banner = true;
    p->summaries = 0;
    p->counted = 0;
    p->shown = 0;
    p->possibly = 0;
    p->possibly_seen = false;
}

/* A process that was exec'd starts counting at zero. A forked one inherits its ancestors' counts,
 * and what they counted was shown before it was born. Valgrind stops showing at 1000. */
static void check_contexts(const struct gr_vg *v, struct gr_vg_pid *p, size_t contexts)
{
    size_t shown = p->banner ? p->shown : v->shown;
    size_t possibly = p->banner ? p->possibly : v->possibly;

    if (shown < 1000 && contexts > shown && contexts - shown > possibly)
        gr_vg_forged(
            p, "the summary counts errors that were not shown: lines of the report are missing");
}

/* "ERROR SUMMARY: 8 errors from 8 contexts (suppressed: 0 from 0)" */
static void summary(struct gr_vg *v, struct gr_vg_pid *p, const char *s)
{
    size_t errors = 0, contexts = 0;

    gr_vg_close(v, p);
    if (++p->summaries > 1)
        gr_vg_forged(p, "two error summaries for one process");
    s = parse_count(s, &errors);
    if (s != NULL && gr_vg_starts(s, " errors from "))
        s = parse_count(s + strlen(" errors from "), &contexts);
    else
        s = NULL;
    if (s == NULL || !gr_vg_starts(s, " contexts (suppressed: ")) {
        gr_vg_forged(p, "an error summary that is not worded as Valgrind words it");
        return;
    }
    if (errors < p->counted)
        gr_vg_forged(p, "the error summary counts fewer errors than were shown");
    check_contexts(v, p, contexts);
}

/* "     possibly lost: 272 bytes in 1 blocks", in the leak summary. */
static void possibly_lost(struct gr_vg *v, struct gr_vg_pid *p, const char *s)
{
    size_t bytes = 0, blocks = 0;

    if (p->possibly_seen)
        gr_vg_forged(p, "two leak summaries for one process");
    p->possibly_seen = true;
    s = parse_count(s, &bytes);
    if (s == NULL || !gr_vg_starts(s, " bytes in ") || parse_count(s + 10, &blocks) == NULL)
        return;
    p->possibly = blocks;
    v->possibly = v->possibly > SIZE_MAX - blocks ? SIZE_MAX : v->possibly + blocks;
}

/* "Using Valgrind-3.19.0 and ...": from 3.23 on open descriptors count as errors. Only the first
 * such line counts, which comes before any line that a program could write. */
static void version(struct gr_vg *v, const char *s)
{
    if (v->version_seen)
        return;
    v->version_seen = true;
    long major = strtol(s, NULL, 10);
    const char *dot = strchr(s, '.');
    long minor = dot != NULL ? strtol(dot + 1, NULL, 10) : 0;
    v->fd_errors = major > 3 || (major == 3 && minor >= 23);
}

static void command(struct gr_vg_pid *p, const char *s)
{
    if (p->told || p->started)
        return;
    size_t len = strcspn(s, " ");
    while (len > 0 && memchr(s, '/', len) != NULL) {
        s++;
        len--;
    }
    snprintf(p->name, sizeof(p->name), "%.*s", (int)(len < 63 ? len : 63), s);
}

static void last_words(struct gr_vg_pid *p, const char *s)
{
    if (p->broken[0] == '\0')
        gr_vg_copy(p->broken, sizeof(p->broken), s);
}

/* ud2 and jumps into data are the program's own doing; the line without prefix that names the
 * bytes comes for true gaps of Valgrind, and for jumps into data, which were errors before. */
static void unknown_instruction(struct gr_vg *v, struct gr_vg_pid *p, const char *s)
{
    gr_vg_close(v, p);
    if (v->vex && !p->errors) {
        p->vex = true;
        last_words(p, s);
    }
    v->vex = false;
}

static bool is_memory_fault(const char *s)
{
    return gr_vg_starts(s, " Access not within mapped region") ||
           gr_vg_starts(s, " Bad permissions for mapped region") ||
           gr_vg_starts(s, " Non-existent physical address at address");
}

/* Indented lines: details of the open record. */
static void detail(struct gr_vg_pid *p, const char *s)
{
    struct gr_vg_rec *r = p->rec;

    if (r == NULL)
        return;
    if (strstr(s, "<inherited from parent>") != NULL)
        r->drop = true;
    if (r->type == GR_VG_REC_SIGNAL && is_memory_fault(s)) {
        r->drop = false;
        p->errors = true;
    }
    if (r->stack[0] != '\0')
        r->past_stack = true;
    gr_vg_append(r->detail, sizeof(r->detail), s + strspn(s, " "));
}

static void frame(struct gr_vg *v, struct gr_vg_pid *p, const char *s)
{
    if (p->rec == NULL && p->head[0] != '\0') {
        char head[sizeof(p->head)];
        memcpy(head, p->head, sizeof(head));
        open_record(v, p, GR_VG_REC_ERROR, head);
    }
    if (p->rec != NULL)
        gr_vg_frame(v, p->rec, s);
}

/* A line of words with no meaning of its own, unless a stack follows. */
static void other_words(struct gr_vg *v, struct gr_vg_pid *p, const char *s)
{
    /* Comes in the middle of the record of the SIGSEGV it leads to. */
    if (gr_vg_starts(s, "Stack overflow in thread")) {
        detail(p, s);
        return;
    }
    gr_vg_close(v, p);
    if (!gr_vg_starts(s, "Warning: ") && !gr_vg_starts(s, "Thread ") &&
        !gr_vg_starts(s, "valgrind: "))
        gr_vg_copy(p->head, sizeof(p->head), s);
}

static bool begin_record(struct gr_vg *v, struct gr_vg_pid *p, const char *s)
{
    enum gr_vg_type type;

    if (is_error_head(s))
        type = GR_VG_REC_ERROR;
    else if (gr_vg_starts(s, "Open "))
        type = GR_VG_REC_FD;
    else if (gr_vg_starts(s, "Process terminating with default action of signal "))
        type = GR_VG_REC_SIGNAL;
    else if (!is_leak_head(s, &type))
        return false;
    open_record(v, p, type, s);
    return true;
}

void gr_vg_report(struct gr_vg *v, struct gr_vg_pid *p, const char *s)
{
    if (*s == '\0')
        gr_vg_close(v, p);
    else if (strcmp(s, "Memcheck, a memory error detector") == 0)
        banner(v, p);
    else if (gr_vg_starts(s, "ERROR SUMMARY: "))
        summary(v, p, s + strlen("ERROR SUMMARY: "));
    else if (gr_vg_starts(s, "     possibly lost: "))
        possibly_lost(v, p, s + strlen("     possibly lost: "));
    else if (gr_vg_starts(s, "Using Valgrind-"))
        version(v, s + strlen("Using Valgrind-"));
    else if (gr_vg_starts(s, "Command: "))
        command(p, s + strlen("Command: "));
    else if (gr_vg_starts(s, "valgrind: Unrecognised instruction at address "))
        unknown_instruction(v, p, s);
    else if (gr_vg_starts(s, "Valgrind: FATAL") || gr_vg_starts(s, "valgrind: FATAL"))
        last_words(p, s);
    else if (gr_vg_is_frame(s))
        frame(v, p, s);
    else if (*s == ' ')
        detail(p, s);
    else if (!begin_record(v, p, s))
        other_words(v, p, s);
}

/* Valgrind prints its arenas only when it is out of memory. */
void gr_vg_debug(struct gr_vg_pid *p, const char *s)
{
    if (gr_vg_starts(s, "VALGRIND INTERNAL ERROR"))
        last_words(p, s);
    else if (gr_vg_starts(s, "core    :"))
        last_words(p, "Valgrind's memory management: out of memory");
}
