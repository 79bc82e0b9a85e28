/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_ACCESS_H
#define IG_ACCESS_H

/* What the instrumented code and the core call when memory is touched. */
#include "pub_tool_basics.h"
#include "pub_tool_tooliface.h"

/* From instrumented code, for the running thread. */
VG_REGPARM(2) void ig_load(Addr a, SizeT size);
VG_REGPARM(2) void ig_store(Addr a, SizeT size);

/* Around a locked operation, which releases before it and acquires after. */
VG_REGPARM(2) void ig_atomic_before(Addr a, SizeT size);
VG_REGPARM(2) void ig_atomic_after(Addr a, SizeT size);

/* Buffers of system calls. Those the kernel wrote are noted at once and judged by
 * ig_access_flush(), after the edges of the call: what a read brought is ordered by the read. */
void ig_pre_mem_read(CorePart part, ThreadId tid, const HChar *what, Addr a, SizeT size);
void ig_pre_mem_read_asciiz(CorePart part, ThreadId tid, const HChar *what, Addr a);
void ig_post_mem_write(CorePart part, ThreadId tid, Addr a, SizeT size);
void ig_access_flush(ThreadId tid);
void ig_access_drop(void);

/* Inside a synchronisation function of libc nothing is judged. */
void ig_ignore_enter(ThreadId tid);
void ig_ignore_leave(ThreadId tid);
Bool ig_ignored(ThreadId tid);
void ig_pre_signal(ThreadId tid, Int signal, Bool alt_stack);
void ig_post_signal(ThreadId tid, Int signal);

#endif
