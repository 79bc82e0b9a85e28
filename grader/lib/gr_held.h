/* SPDX-License-Identifier: MIT */
/** Processes that a stop= rule held when an item failed. */
#ifndef GR_HELD_H
#define GR_HELD_H

#include "gr_suite.h"

/** Add a finding for each process that is still held at the end of the failed item of @r. */
void gr_tell_held(struct gr_run *r);

#endif
