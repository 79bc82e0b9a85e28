/* SPDX-License-Identifier: MIT */
#ifndef IPCGRIND_H
#define IPCGRIND_H

/**
 * For programs under test: tells ipcgrind of an order that it cannot see, for example one made with
 * C11 atomics. Outside Valgrind each of these is a few instructions and does nothing.
 *
 *   writer: fill(p);  IPCGRIND_HAPPENS_BEFORE(&p->flag);  atomic_store(&p->flag, 1);
 *   reader: while (!atomic_load(&p->flag)) ;  IPCGRIND_HAPPENS_AFTER(&p->flag);  use(p);
 *
 * @address names the order; in shared memory it means the same in every process.
 */
#include <valgrind/valgrind.h>

#define IPCGRIND_REQUEST(op) ((unsigned)VG_USERREQ_TOOL_BASE('I', 'G') + ('a' << 8 | (op)))

/* What this thread did so far happens before every later IPCGRIND_HAPPENS_AFTER(@address). */
#define IPCGRIND_HAPPENS_BEFORE(address)                                                           \
    VALGRIND_DO_CLIENT_REQUEST_STMT(IPCGRIND_REQUEST(1), (address), 0, 0, 0, 0)

/* Every IPCGRIND_HAPPENS_BEFORE(@address) so far happens before what this thread does now. */
#define IPCGRIND_HAPPENS_AFTER(address)                                                            \
    VALGRIND_DO_CLIENT_REQUEST_STMT(IPCGRIND_REQUEST(2), (address), 0, 0, 0, 0)

/* Accesses of this thread are not judged from the first to the second. */
#define IPCGRIND_IGNORE_BEGIN()                                                                    \
    VALGRIND_DO_CLIENT_REQUEST_STMT(IPCGRIND_REQUEST(0x83), 0, 0, 0, 0, 0)
#define IPCGRIND_IGNORE_END() VALGRIND_DO_CLIENT_REQUEST_STMT(IPCGRIND_REQUEST(0x44), 0, 0, 0, 0, 0)

#endif
