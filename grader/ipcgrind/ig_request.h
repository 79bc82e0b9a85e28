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
#include <stddef.h>
#include <stdint.h>
#endif

enum { IG_ENTER = 0x80, IG_LEAVE = 0x40, IG_OP_MASK = 0x3f };

/* Of the access filter, see ig_object.h: wrappers may ask it, too. */
enum { IG_FILTER_SHIFT = 20, IG_FILTER_SIZE = 1 << 17 };

#define IG_REQUEST(letter, op)                                                                     \
    ((unsigned)VG_USERREQ_TOOL_BASE('I', 'G') + ((unsigned)(letter) << 8 | (unsigned)(op)))

#ifdef IG_PRELOAD
/* Up to three words go along; the answer is one word, 0 when nobody listens. */
#define IG_ASK(letter, op, a, b, c)                                                                \
    VALGRIND_DO_CLIENT_REQUEST_EXPR(0, IG_REQUEST(letter, op), (a), (b), (c), 0, 0)

/* What a wrapper does: calls the function it wraps with CALL_FN_W_WWWW(result, fn, a, b, c, d), and
 * asks before and after. All arguments travel as words, four of them, however many are meant. */
typedef long (*ig_wrapper)(OrigFn fn, long a, long b, long c, long d);

typedef void ig_function(void);

/* A function that stands for one of libc, and that one. They lie side by side in a section: without
 * an alignment of their own the compiler may leave gaps between them. */
struct ig_wrap {
    const char *text; /* its name in libc */
    ig_function *name;
    ig_function *real; /* NULL: this libc has none */
};

/**
 * IG_WRAP(sem_post, wrap_post) wraps a function of libc. Valgrind could find it by its name, but
 * compares each name with all symbols of libc and its debug information, which takes longer than
 * all else that the tool does at its start. So the name to be found is one of this library, an
 * indirect function that is never called and that strip leaves alone: ig_edge_wrap.c says which
 * function of libc it leads to. Reports show the name without `ig_from_`.
 */
#define IG_WRAP(function, body)                                                                    \
    extern ig_function ig_real_##function __asm__(#function) __attribute__((weak));                \
    static __attribute__((used)) ig_function *ig_find_##function(void)                             \
    {                                                                                              \
        return NULL;                                                                               \
    }                                                                                              \
    void ig_from_##function(void)                                                                  \
        __attribute__((visibility("protected"), ifunc("ig_find_" #function)));                     \
    static struct ig_wrap ig_wrap_##function __attribute__((section("ig_wraps"), used,             \
                                                            aligned(8))) = {                       \
        .text = #function, .name = (ig_function *)ig_find_##function, .real = ig_real_##function}; \
    long I_WRAP_SONAME_FNNAME_ZU(ipcgrindZdso, ig_from_##function)(long a, long b, long c,         \
                                                                   long d);                        \
    long I_WRAP_SONAME_FNNAME_ZU(ipcgrindZdso, ig_from_##function)(long a, long b, long c, long d) \
    {                                                                                              \
        OrigFn fn;                                                                                 \
        VALGRIND_GET_ORIG_FN(fn);                                                                  \
        return body(fn, a, b, c, d);                                                               \
    }
#endif
#endif
