/* SPDX-License-Identifier: MIT */
/**
 * What was measured: rows in memory, a CSV file, a table, a plot.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stdio.h>

#include "shoot.h"

enum { ROWS_MAX = 256 };

struct row {
    char name[32];
    char label[32];
    enum mode mode;
    size_t size;
    struct figure us; /* a round trip in PING, a message in STREAM */
};

struct rows {
    size_t n;
    char machine[200]; /* where and when, one line */
    struct row row[ROWS_MAX];
};

/** Return: the row, or NULL when that was not measured. */
const struct row *rows_find(const struct rows *r, const char *name, enum mode mode, size_t size);

/** Millions of bytes a second. */
double rows_rate(const struct row *row, double us);

/** Return: 0, or -1 with errno. */
int rows_write(const struct rows *r, const char *path);

/** Return: 0, or -1 after a line on standard error that names file and line. */
int rows_read(struct rows *r, const char *path);

/** One line a channel, at most 64 columns: round trips, then rates. */
void rows_table(const struct rows *r, FILE *out);

/** A log-log plot of one mode, legible in grey. Return: 0, or -1 with errno. */
int rows_plot(const struct rows *r, enum mode mode, const char *path);

/* The sizes of the messages, ascending. */
enum { SIZES = 4 };
extern const size_t sizes[SIZES];

/** "64 KiB" into a static buffer. */
const char *size_name(size_t size);

#endif
