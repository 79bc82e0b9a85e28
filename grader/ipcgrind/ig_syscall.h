/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_SYSCALL_H
#define IG_SYSCALL_H

/* Hands system calls, client requests, exits and execs to the edges that asked for them. */
#include "pub_tool_basics.h"

/* Gathers the published edges; once, before the program runs. */
void ig_syscall_init(void);

void ig_pre_syscall(ThreadId tid, UInt number, UWord *args, UInt count);
void ig_post_syscall(ThreadId tid, UInt number, UWord *args, UInt count, SysRes res);
Bool ig_client_request(ThreadId tid, UWord *args, UWord *ret);

/* The process is about to exit or to exec. */
void ig_leave(ThreadId tid, Bool exec);

/* A handler for @signal is about to run. */
void ig_signal(ThreadId tid, Int signal);

#endif
