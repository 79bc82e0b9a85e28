/* SPDX-License-Identifier: MIT */
/** The CSV writer: one line per submission (columns in grader/report/RESULT.md). */
#ifndef GR_CSV_H
#define GR_CSV_H

#include <stdio.h>

#include "gr_result.h"

/** Return: 0, or -1 with errno when @out could not take it. */
int gr_csv_header(FILE *out, const struct gr_result *res);
int gr_csv_line(FILE *out, const struct gr_result *res);

#endif
