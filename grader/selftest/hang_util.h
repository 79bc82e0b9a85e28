/* SPDX-License-Identifier: MIT */
/**
 * What the tests of the hang detector share: many scenes at once, each in a process of its own.
 *
 *  1. main() calls hang_main().
 *  2. hang_run_all() runs a function over a table, a few rows at a time; a row fails the test by
 *     returning false after it printed why.
 */
#ifndef HANG_UTIL_H
#define HANG_UTIL_H

#include <check.h>

#include "gr_scene.h"

/** The whole of a test's main(): make the kit's folder, start GR_TEST_LOAD busy processes, run the
 *  suite. Return: the exit status, 77 where no jail can be made. */
int hang_main(Suite *(*make_suite)(void));
/** The place of all scenes. */
const struct gr_place *hang_place(void);
/** Run @one for rows 0..@n-1, at most @at_once together. Return: how many rows failed. */
int hang_run_all(bool (*one)(size_t row), size_t n, int at_once);
/** Start build/selftest/programs/@name with @mode in a new scene. */
struct gr_proc *hang_start(struct gr_scene *s, const char *name, const char *mode,
                           enum gr_lens lens);
/** Does @text hold @words? Under Valgrind 3.19 with --log-socket a program's own descriptors begin
 *  at 4, since Valgrind leaves one of its own open at 3: there "fd 3" stands for fd 4. */
bool hang_says(const char *text, const char *words, enum gr_lens lens);
/** Print the facts of @kind. */
void hang_print_facts(const struct gr_scene *s, enum gr_fact_kind kind);

#endif
