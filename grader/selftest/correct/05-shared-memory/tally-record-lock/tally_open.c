/* SPDX-License-Identifier: MIT */
/* Nothing is here: tally.c opens its segment itself. */
#include "tally.h"

struct tally *tally_open(const char *name)
{
    (void)name;
    return NULL;
}
