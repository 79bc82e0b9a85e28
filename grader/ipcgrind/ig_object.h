/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_OBJECT_H
#define IG_OBJECT_H

/**
 * Which bytes of this process are shared, and what they are to everybody: (object, offset).
 *
 * The table of mappings is read from /proc/self/maps, which knows device, inode and offset of
 * every kind of shared memory, anonymous and System V too; it is read again after each call that
 * changes a shared mapping. A child of fork inherits it, a program after exec starts anew.
 */
#include "ig_layout.h"
#include "ig_request.h"
#include "pub_tool_basics.h"

struct ig_map {
    Addr start, end;
    ig_ref object;
    ULong offset;  /* of @start in the object */
    ig_ref *pages; /* of this process: page of the map to struct ig_page, 0 = not looked up */
};

/* For the instrumentation: one byte per MiB of addresses, not 0 where shared memory may lie.
 * Indexed by the address shifted and masked, so that no address is out of range. */
extern UChar ig_filter[IG_FILTER_SIZE];

static inline Bool ig_may_be_shared(Addr a)
{
    return ig_filter[(a >> IG_FILTER_SHIFT) & (IG_FILTER_SIZE - 1)] != 0;
}

/* The shared mapping that @a lies in, or the next one above it; NULL when there is none. */
const struct ig_map *ig_map_from(Addr a);

/* The shared mapping that @a lies in; NULL when it is private. */
const struct ig_map *ig_map_at(Addr a);

/* A mapping that was just made: its address, and its object or, when that has to be found, what
 * tells it from an earlier one with the same number (0 = unknown). */
struct ig_fresh {
    Addr start;
    ig_ref object;
    ULong generation;
};

/* Read the mappings again; @fresh is NULL when there is no new one. */
void ig_object_rescan(const struct ig_fresh *fresh);

/* Does a shared mapping lie in these bytes? */
Bool ig_object_touches(Addr a, SizeT size);

#endif
