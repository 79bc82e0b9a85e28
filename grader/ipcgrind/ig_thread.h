/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_THREAD_H
#define IG_THREAD_H

/* Threads of this process: see ig_edge_thread.c. */
#include "pub_tool_basics.h"

/* Registers the hooks of the core. */
void ig_thread_init(void);

/* Has this process ever had a second thread? */
Bool ig_thread_many(void);

/* This process is the child of a fork: one thread is left. */
void ig_thread_forked(void);

#endif
