/* SPDX-License-Identifier: MIT */
/**
 * The terminal writer: a grading as a person reads it.
 *
 *  1. gr_term_init() with the stream and the colour wish.
 *  2. gr_term_begin() says what will run.
 *  3. While it runs: gr_term_progress() (only on a terminal) and gr_term_item() as items end.
 *  4. gr_term_end(): why items failed, the table, the total.
 *
 * No byte of a record reaches the stream unless it is printable.
 */
#ifndef GR_TERM_H
#define GR_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include "gr_result.h"

enum gr_color { GR_COLOR_AUTO, GR_COLOR_ALWAYS, GR_COLOR_NEVER };

struct gr_term {
    FILE *out;
    bool color;
    bool progress;       /* @out is a terminal that can erase a line */
    bool line_open;      /* a progress line stands there */
    const char *command; /* how ipclab was called, for the lines to reproduce; set by init */
    const char *only;    /* --test GLOB, or NULL */
    const char *extra;   /* options to repeat: " --bare", or NULL */
    long skipped;        /* lines before an excerpt, added to the numbers shown */
};

void gr_term_init(struct gr_term *t, FILE *out, enum gr_color color);
void gr_term_begin(struct gr_term *t, const struct gr_result *res, size_t nitems);
/** Show what runs now: @running is a list for people, "1B.3 1B.4". */
void gr_term_progress(struct gr_term *t, size_t done, size_t total, const char *running);
void gr_term_item(struct gr_term *t, const struct gr_record *r);
/** A line outside the form: a warning, advice from the compiler. */
void gr_term_note(struct gr_term *t, const char *text);
void gr_term_end(struct gr_term *t, const struct gr_result *res);

/** Print expected and actual around their first difference, with a caret under it. */
void gr_term_diff(struct gr_term *t, const struct gr_record *r);

/* For the files of this writer. */
void gr_term_puts(struct gr_term *t, const char *s);
void gr_term_lines(struct gr_term *t, const char *indent, const char *text);
void gr_term_paint(struct gr_term *t, const char *sgr, const char *text);
void gr_term_failures(struct gr_term *t, const struct gr_result *res);
void gr_term_table(struct gr_term *t, const struct gr_result *res);

#endif
