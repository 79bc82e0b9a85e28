/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_EDGE_IMPL_H
#define IG_EDGE_IMPL_H

/* Between ig_edge.c, ig_queue.c and ig_stream.c; edges do not use it. */
#include "ig_layout.h"
#include "pub_tool_basics.h"

/* The object of @key, made when new, locked; NULL when it cannot be had. */
struct ig_sync *ig_sync_enter(ThreadId tid, const struct ig_key *key);
ig_ref ig_sync_ref(const struct ig_sync *sync);
void ig_sync_leave(ThreadId tid, struct ig_sync *sync);

/* Tokens of a locked object. A new one goes to the end; 0 when there is no room. A token that is
 * taken out keeps its clock's memory for the next one. */
ig_ref ig_token_add(struct ig_sync *sync);
void ig_token_remove(struct ig_sync *sync, ig_ref before, ig_ref token);
void ig_tokens_drop(struct ig_sync *sync);

/* A queue or stream that nobody empties is folded into its last token from here on. */
enum { IG_MOST_TOKENS = 4096 };

#endif
