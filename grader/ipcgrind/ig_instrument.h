/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_INSTRUMENT_H
#define IG_INSTRUMENT_H

/**
 * What is added to the program's code: before each load and store a look into ig_filter, and a
 * call only when shared memory may be meant; around each locked operation a call on both sides.
 */
#include "pub_tool_basics.h"
#include "pub_tool_tooliface.h"

IRSB *ig_instrument(VgCallbackClosure *closure, IRSB *in, const VexGuestLayout *layout,
                    const VexGuestExtents *extents, const VexArchInfo *arch, IRType word,
                    IRType host_word);

#endif
