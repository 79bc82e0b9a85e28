/* SPDX-License-Identifier: MIT */
/**
 * What the tests of gr_vg share: literal logs, fed in pieces, and questions about the findings.
 *
 * Each test that takes a log runs three times (a loop test): `_i` chooses the size of the pieces.
 */
#ifndef VG_UTIL_H
#define VG_UTIL_H

#include <check.h>
#include <string.h>

#include "gr_vg.h"

enum { PIECES = 3 };

#define P1 "==11== "
#define P2 "==12== "
#define BANNER(p)                                                                                  \
    p "Memcheck, a memory error detector\n" p                                                      \
      "Copyright (C) 2002-2022, and GNU GPL'd, by Julian Seward et al.\n" p                        \
      "Using Valgrind-3.19.0 and LibVEX; rerun with -h for copyright info\n" p                     \
      "Command: bin/sieve 100\n" p "\n"
#define SUMMARY(p, n) p "ERROR SUMMARY: " n " errors from " n " contexts (suppressed: 0 from 0)\n"
#define WRITE(p)                                                                                   \
    p "Invalid write of size 4\n" p "   at 0x109235: use (sieve.c:8)\n" p                          \
      "   by 0x109272: main (sieve.c:10)\n" p                                                      \
      " Address 0x4a42040 is 0 bytes inside a block of size 40 free'd\n" p                         \
      "   at 0x484417B: free (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)\n" p     \
      "   by 0x109266: main (sieve.c:10)\n" p "\n"
#define LEAK(p)                                                                                    \
    p "10 bytes in 1 blocks are definitely lost in loss record 1 of 1\n" p                         \
      "   at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)\n" p   \
      "   by 0x1092CB: main (sieve.c:13)\n" p "\n"

static inline size_t piece_of(int i)
{
    static const size_t sizes[PIECES] = {1, 7, 1 << 20};
    return sizes[i];
}

static inline void feed(struct gr_vg *v, const char *log, size_t piece)
{
    for (size_t n = strlen(log); n > 0;) {
        size_t k = n < piece ? n : piece;
        gr_vg_feed(v, log, k);
        log += k;
        n -= k;
    }
}

static inline struct gr_vg *fed(const char *log, int i)
{
    struct gr_vg *v = gr_vg_new();

    ck_assert_ptr_nonnull(v);
    feed(v, log, piece_of(i));
    return v;
}

static inline size_t count_kind(const struct gr_vg *v, enum gr_vg_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; gr_vg_get(v, i) != NULL; i++)
        n += gr_vg_get(v, i)->kind == kind;
    return n;
}

/** The first finding of @kind with @word in its first line or its details; the test fails if
 *  there is none. */
static inline const struct gr_vg_finding *find(const struct gr_vg *v, enum gr_vg_kind kind,
                                               const char *word)
{
    for (size_t i = 0; gr_vg_get(v, i) != NULL; i++) {
        const struct gr_vg_finding *f = gr_vg_get(v, i);
        if (f->kind == kind && (strstr(f->what, word) != NULL || strstr(f->detail, word) != NULL))
            return f;
    }
    ck_abort_msg("no finding of kind %d with '%s' but %s", (int)kind, word,
                 gr_vg_get(v, 0) != NULL ? gr_vg_get(v, 0)->what : "nothing");
    return NULL;
}

/** Check that @log, fed at @i, gives one finding, of @kind and with @word. */
static inline void expect_only(const char *log, int i, enum gr_vg_kind kind, const char *word)
{
    struct gr_vg *v = fed(log, i);

    ck_assert_uint_eq(gr_vg_judge(v), 1);
    find(v, kind, word);
    gr_vg_free(v);
}

static inline void expect_clean(const char *log, int i)
{
    struct gr_vg *v = fed(log, i);

    if (gr_vg_judge(v) != 0)
        ck_abort_msg("found: %s", gr_vg_get(v, 0)->what);
    gr_vg_free(v);
}

static inline int run_suite(Suite *s)
{
    SRunner *sr = srunner_create(s);

    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr), run = srunner_ntests_run(sr);
    srunner_free(sr);
    return failed == 0 && run > 0 ? 0 : 1;
}

#endif
