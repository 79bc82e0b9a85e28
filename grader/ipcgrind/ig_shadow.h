/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_SHADOW_H
#define IG_SHADOW_H

/**
 * The history of each shared byte, and the test for a race (FastTrack, Flanagan and Freund 2009):
 * the last write as one epoch, the reads since then as one epoch or a list.
 */
#include "ig_layout.h"
#include "ig_session.h"
#include "pub_tool_basics.h"

/**
 * Thread @tid touches @size bytes at @a; @how is a set of enum ig_access. Private bytes are
 * skipped.
 */
void ig_shadow_access(ThreadId tid, Addr a, SizeT size, UInt how);

/* Pages of this process that were touched lately, by address. */
enum { IG_NEAR_PAGES = 256 };
struct ig_near {
    Addr number;          /* of the page of addresses, 0 = none */
    struct ig_page *page; /* NULL: the page is private */
};
extern struct ig_near ig_near_pages[IG_NEAR_PAGES];

/* The mappings have changed: none of them is true any more. */
void ig_shadow_forget(void);

static inline const struct ig_near *ig_near(Addr a)
{
    const struct ig_near *near = &ig_near_pages[a / IG_PAGE % IG_NEAR_PAGES];
    return near->number == a / IG_PAGE ? near : NULL;
}

/* The same task in the same epoch did this before, so nothing new can be found. Cells are never
 * given back, so the chain can be walked without its lock. */
static inline Bool ig_cell_seen(const struct ig_cell *c, UInt mask, ULong word)
{
    static const ULong epoch = 0x0000ffffffffffffull | (ULong)IG_ATOMIC << 56;
    while (c->mask != mask) {
        if (!c->next)
            return False;
        c = IG_AT(struct ig_cell, c->next);
    }
    if (((__atomic_load_n(&c->write, __ATOMIC_RELAXED) ^ word) & epoch) == 0)
        return True;
    return !(IG_WORD_FLAGS(word) & IG_WRITE) && __atomic_load_n(&c->read, __ATOMIC_RELAXED) == word;
}

/* The quick look before ig_shadow_access(): True when it would find nothing. Takes no lock. */
static inline Bool ig_shadow_seen(const struct ig_task *me, Addr a, SizeT size, UInt how)
{
    const struct ig_near *near = ig_near(a);
    UInt in_granule = (UInt)(a % IG_GRANULE);
    if (!near || in_granule + size > IG_GRANULE)
        return False;
    if (!near->page)
        return True;
    UInt mask = ((1u << size) - 1) << in_granule;
    UInt clock = IG_AT(struct ig_vc, me->vc)->clock[me->id];
    return ig_cell_seen(&near->page->cell[a % IG_PAGE / IG_GRANULE], mask,
                        IG_WORD_OF(me->id, clock, size, how));
}

#endif
