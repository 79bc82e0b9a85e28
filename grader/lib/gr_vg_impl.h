/* SPDX-License-Identifier: MIT */
/**
 * Inside struct gr_vg, shared by the gr_vg_*.c files and by nobody else.
 *
 * gr_vg.c cuts bytes into lines and owns the memory, gr_vg_split.c tells whose line it is,
 * gr_vg_lines.c turns it into facts about its process, gr_vg_frames.c reads stack frames,
 * gr_vg_judge.c draws the conclusions. Every buffer has a fixed size: the log is written by
 * programs we do not trust.
 */
#ifndef GR_VG_IMPL_H
#define GR_VG_IMPL_H

#include "gr_vg.h"

#include <string.h>

enum {
    GR_VG_MAX_PIDS = 1024,
    GR_VG_SLOTS = 2 * GR_VG_MAX_PIDS, /* hash slots, a power of two */
    GR_VG_KEEP = 200,                 /* findings kept, of each kind */
    GR_VG_KINDS = GR_VG_BROKEN + 1,
    GR_VG_LINE = 8192,
    /* Valgrind writes a line in pieces once it is longer than this (384 measured in 3.19);
     * shorter ones, or several whole lines, go out in one write() below PIPE_BUF. */
    GR_VG_PIECE = 380,
};

/** What an unfinished record is. Not all become findings. */
enum gr_vg_type {
    GR_VG_REC_ERROR,
    GR_VG_REC_DEFINITE,
    GR_VG_REC_INDIRECT,
    GR_VG_REC_OTHER_LEAK, /* possibly lost, still reachable: never judged */
    GR_VG_REC_FD,
    GR_VG_REC_SIGNAL, /* "Process terminating ...": an error if it was a memory fault */
};

/** A finding and the text it points to. */
struct gr_vg_rec {
    struct gr_vg_finding f;
    enum gr_vg_type type;
    bool drop;       /* turned out to be none: inherited descriptor, ordinary signal */
    bool past_stack; /* further frames belong to the detail ("Block was alloc'd at") */
    bool place_sure; /* the place is in the main executable, not only of the right name */
    unsigned long seq;
    unsigned long hash;
    char what[256];
    char detail[2048];
    char stack[4096];
    char place[160];
    char program[64];
};

/** One process, as far as its lines and the warden tell. */
struct gr_vg_pid {
    int pid;
    char name[64];
    bool started;
    bool told;
    enum gr_vg_end end;
    bool banner;
    bool errors;        /* has error records, under any banner */
    unsigned summaries; /* since the last banner, as all below */
    size_t counted;     /* records shown that an error total includes for certain */
    size_t shown;       /* records shown, of all kinds */
    size_t possibly;    /* blocks "possibly lost": counted as errors, but not shown */
    bool possibly_seen;
    bool vex;           /* met an instruction that Valgrind does not know */
    const char *forged; /* first reason, a static string */
    char broken[128];   /* Valgrind's last words, "" while it is well */
    char head[128];     /* last line of unknown meaning: an error if a stack follows */
    struct gr_vg_rec *rec;
};

struct gr_vg {
    char line[GR_VG_LINE];
    size_t len;
    size_t splits; /* long lines whose rest is still to come, without a prefix */
    struct gr_vg_pid *pids[GR_VG_SLOTS];
    size_t npids;
    bool too_many;             /* processes beyond GR_VG_MAX_PIDS were not followed */
    struct gr_vg_pid overflow; /* stands for them: their errors still count */
    size_t shown;              /* over all processes */
    size_t possibly;
    bool any_banner;
    bool version_seen;
    bool fd_errors;   /* this Valgrind counts open descriptors as errors */
    bool vex;         /* "vex amd64->IR: unhandled ..." seen, its pid comes next */
    char broken[128]; /* bare text of a break-down of Valgrind */
    char bare[128];   /* bare text that is not Valgrind's */
    unsigned long seq;
    struct gr_vg_rec *recs[GR_VG_KINDS][GR_VG_KEEP];
    size_t nrecs[GR_VG_KINDS];
    char (*sources)[64];
    size_t nsources;
    bool no_memory;         /* something could not be kept: the report is not whole for us */
    struct gr_vg_rec spare; /* says so; needs no memory */
    struct gr_vg_rec *found[GR_VG_KINDS * GR_VG_KEEP + 1]; /* the judgement */
    size_t nfound;
};

static inline bool gr_vg_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/** The process @pid, made on first sight. Never NULL: beyond the limit a stand-in. */
struct gr_vg_pid *gr_vg_pid(struct gr_vg *v, int pid);

/** Copy @s into @buf (of @cap bytes), cut short if need be, control characters as '?'. */
void gr_vg_copy(char *buf, size_t cap, const char *s);

/** Add @s to the lines in @buf; what does not fit whole is left out. */
void gr_vg_append(char *buf, size_t cap, const char *s);

/** Account for one complete line @s; it may be changed. */
void gr_vg_line(struct gr_vg *v, char *s);

/** Account for @s, a line of @p's behind "==pid== ". */
void gr_vg_report(struct gr_vg *v, struct gr_vg_pid *p, const char *s);

/** Account for @s, a line of @p's behind "--pid-- ": Valgrind about itself. */
void gr_vg_debug(struct gr_vg_pid *p, const char *s);

/** Valgrind cannot have written this for @p; the first reason @why (static) counts. */
void gr_vg_forged(struct gr_vg_pid *p, const char *why);

/** The open record of @p is complete: keep it, merge it or drop it. */
void gr_vg_close(struct gr_vg *v, struct gr_vg_pid *p);

/** Keep @r as a finding of r->f.kind; takes it over. */
void gr_vg_keep(struct gr_vg *v, struct gr_vg_rec *r);

/** Is @s a frame, "   at 0x..." or "   by 0x..."? */
bool gr_vg_is_frame(const char *s);

/** Add the frame line @s to @r. */
void gr_vg_frame(const struct gr_vg *v, struct gr_vg_rec *r, const char *s);

#endif
