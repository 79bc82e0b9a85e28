/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_SESSION_H
#define IG_SESSION_H

/**
 * The session as the tool sees it.
 *
 * 1. ig_session_open() maps the file once, in the first process; fork keeps the mapping, exec
 *    opens it again.
 * 2. ig_new() takes zeroed memory from it; it is never given back.
 * 3. IG_AT(type, ref) turns a reference into a pointer of this process.
 * 4. ig_intern() finds or adds a node of a table.
 * When the session breaks, ig_new() returns 0 and every caller does nothing: the program runs on
 * untouched and the verdict is "none".
 */
#include "ig_layout.h"
#include "pub_tool_basics.h"

extern UChar *ig_base;            /* 0 until the session is open */
extern struct ig_header *ig_head; /* the same address */

#define IG_AT(type, ref) ((type *)(void *)(ig_base + (ULong)(ref)*IG_ALIGN))

/**
 * Map the session at @path.
 * Return: 0, or a sentence that says what is wrong with it.
 */
const HChar *ig_session_open(const HChar *path);

/* Is there a session, and is it whole? */
Bool ig_session_works(void);

/* No verdict from now on; the first reason stays. */
void ig_session_break(enum ig_broken why);

/* Something was not seen. */
void ig_session_partial(enum ig_partial what);

/* @size zeroed bytes; 0 when there are none left (the session is broken then). */
ig_ref ig_new(SizeT size);

/* Says whether the node is the one that @arg describes. */
typedef Bool (*ig_same)(const struct ig_node *node, const void *arg);
/* Makes the node that @arg describes; may return 0. */
typedef ig_ref (*ig_make)(const void *arg);

/**
 * The node of @table which @same accepts; made and added when there is none.
 * Lock-free: two processes that add the same node at once both get the first one.
 * Return: the node, 0 when the session has no room.
 */
ig_ref ig_intern(enum ig_table table, UInt hash, ig_same same, ig_make make, const void *arg);

/* The same, but never adds. */
ig_ref ig_lookup(enum ig_table table, UInt hash, ig_same same, const void *arg);

/* The session's copy of @text; 0 for an empty one. */
ig_ref ig_string(const HChar *text);

/* A hash of @size bytes that continues @seed. */
UInt ig_hash(UInt seed, const void *bytes, SizeT size);

#endif
