/* SPDX-License-Identifier: MIT */
/**
 * Memory that is there or the program ends.
 *
 * The grader's own data is small and bounded. When even that cannot be had, no honest verdict is
 * possible any more, so these end the program with status 75 ("could not judge").
 */
#ifndef GR_ALLOC_H
#define GR_ALLOC_H

#include <stddef.h>

/** Return: @n zeroed bytes; the caller frees. */
void *gr_xcalloc(size_t n, size_t size);
/** Return: @p grown or shrunk to @n elements of @size bytes; the caller frees. */
void *gr_xrealloc(void *p, size_t n, size_t size);
/** Return: a copy of @s the caller frees; NULL stays NULL. */
char *gr_xstrdup(const char *s);
/** Return: a copy of at most @n bytes of @s the caller frees. */
char *gr_xstrndup(const char *s, size_t n);
/** Return: the formatted string; the caller frees. */
char *gr_xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
