/* SPDX-License-Identifier: MIT */
/**
 * What the tests of the hang detector share: many scenes at once, each in a process of its own.
 *
 *  1. hang_setup() once: the kit's folder, the load asked for by GR_TEST_LOAD.
 *  2. hang_run_all() runs a function over a table, a few rows at a time; a row fails the test by
 *     returning false after it printed why.
 */
#ifndef HANG_UTIL_H
#define HANG_UTIL_H

#include "gr_scene.h"

/** Make build/selftest/kit and start GR_TEST_LOAD busy processes, which end with us.
 *  Return: false where no jail can be made, with the reason printed. */
bool hang_setup(void);
void hang_teardown(void);
/** The place of all scenes. */
const struct gr_place *hang_place(void);
/** Run @one for rows 0..@n-1, at most @at_once together. Return: how many rows failed. */
int hang_run_all(bool (*one)(size_t row), size_t n, int at_once);
/** Start build/selftest/programs/@name with @mode in a new scene. */
struct gr_proc *hang_start(struct gr_scene *s, const char *name, const char *mode,
                           enum gr_lens lens);
/** Print the facts of @kind. */
void hang_print_facts(const struct gr_scene *s, enum gr_fact_kind kind);

#endif
