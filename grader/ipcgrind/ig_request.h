/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IG_REQUEST_H
#define IG_REQUEST_H

/**
 * How the wrappers in the preloaded library talk to the tool. A request is a letter (which edge)
 * and an operation of that edge, 0 to 63; IG_ENTER and IG_LEAVE added to it begin and end the
 * ignoring of accesses, so that a wrapper needs one request on each side.
 */
#ifdef IG_PRELOAD
#include "valgrind.h"
#include <errno.h>
#include <stdint.h>
#endif

enum { IG_ENTER = 0x80, IG_LEAVE = 0x40, IG_OP_MASK = 0x3f };
#define IG_REQUEST(letter, op)                                                                     \
    ((unsigned)VG_USERREQ_TOOL_BASE('I', 'G') + ((unsigned)(letter) << 8 | (unsigned)(op)))

#ifdef IG_PRELOAD
/* Up to three words go along; the answer is one word, 0 when nobody listens. */
#define IG_ASK(letter, op, a, b, c)                                                                \
    VALGRIND_DO_CLIENT_REQUEST_EXPR(0, IG_REQUEST(letter, op), (a), (b), (c), 0, 0)

/* What a wrapper does: calls the function it wraps with CALL_FN_W_WWWW(result, fn, a, b, c, d), and
 * asks before and after. All arguments travel as words, four of them, however many are meant. */
typedef long (*ig_wrapper)(OrigFn fn, long a, long b, long c, long d);

#define IG_WRAP_IN(soname, name, body)                                                             \
    long I_WRAP_SONAME_FNNAME_ZZ(soname, name)(long a, long b, long c, long d);                    \
    long I_WRAP_SONAME_FNNAME_ZZ(soname, name)(long a, long b, long c, long d)                     \
    {                                                                                              \
        OrigFn fn;                                                                                 \
        VALGRIND_GET_ORIG_FN(fn);                                                                  \
        return body(fn, a, b, c, d);                                                               \
    }

/* Wrap a function of libc wherever it lies: in libc.so.6 or, before glibc 2.34, libpthread.so.0.
 * The name is Z-encoded, `_` is Zu: IG_WRAP(semZupost, wrap_post) */
#define IG_WRAP(name, body)                                                                        \
    IG_WRAP_IN(libcZdsoZa, name, body)                                                             \
    IG_WRAP_IN(libpthreadZdsoZd0, name, body)
#endif
#endif
