/* SPDX-License-Identifier: MIT */
/** Where two texts part: the first difference, as a person counts it. */
#ifndef GR_DIFF_H
#define GR_DIFF_H

#include <stdbool.h>

/**
 * Find the first difference of two (escaped) texts. NULL counts as empty.
 * Return: whether they differ; then @line and @col, both counted from 1, columns in characters.
 */
bool gr_first_diff(const char *expected, const char *actual, long *line, long *col);

#endif
