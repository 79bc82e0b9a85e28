/* SPDX-License-Identifier: MIT */
#ifndef IG_ATOMICS_H
#define IG_ATOMICS_H

/**
 * What a program tells ipcgrind of its C11 atomics, one request before and one after each. The
 * words of a request: address, size in bytes, memory order (memory_order_relaxed 0 .. seq_cst 5).
 * Both the runtime (ig_atomics.c) and the tool include this.
 */
enum {
    IG_ATOMIC_LETTER = 'c',
    IG_ATOMIC_LOAD = 1,
    IG_ATOMIC_STORE,
    IG_ATOMIC_RMW, /* after a compare-exchange that failed: a load, by its second order */
    IG_ATOMIC_FENCE,
    IG_ATOMIC_VISIBLE, /* this program's atomics all come here: what does not is a plain access */
    IG_ATOMIC_BEFORE = 0x80,
    IG_ATOMIC_AFTER = 0x40
};

#define IG_ATOMIC_REQUEST(op)                                                                      \
    ((unsigned)VG_USERREQ_TOOL_BASE('I', 'G') + ((unsigned)IG_ATOMIC_LETTER << 8 | (unsigned)(op)))

#endif
