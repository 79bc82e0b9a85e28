/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Orders that the program itself tells of, with ipcgrind.h. */
#include "ig_edge.h"
#include "ig_request.h"

#ifndef IG_PRELOAD
enum { LETTER = 'a' };
enum { BEFORE = 1, AFTER }; /* as in ipcgrind.h */

static UWord request(ThreadId tid, UInt op, const UWord *args)
{
    struct ig_key key = ig_key_at(tid, IG_SYNC_ANNOTATED, args[0]);
    if (op == BEFORE)
        ig_release(tid, &key);
    else if (op == AFTER)
        ig_acquire(tid, &key);
    return 0;
}

static const struct ig_edge annotate = {.name = "annotate", .letter = LETTER, .request = request};
IG_EDGE(annotate);
#endif
