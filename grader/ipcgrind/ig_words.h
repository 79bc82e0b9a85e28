/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_WORDS_H
#define IG_WORDS_H

/* Why the sides of a race are not ordered, where a known pattern fits: into @report, from the two
 * accesses that were met now. Guesses for people; the verdict does not depend on them. */
#include "ig_layout.h"

void ig_words(struct ig_report *report, const struct ig_side *before, const struct ig_side *now);

#endif
