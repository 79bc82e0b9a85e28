/* SPDX-License-Identifier: MIT */
/**
 * A list of texts in shared memory (part 5E).
 *
 *  1. One process maps an area and calls shlist_init().
 *  2. Any process that has the area mapped, at whatever address, calls
 *     shlist_add(), shlist_remove() and shlist_each().
 *
 * What lies in the area is yours to decide. But an address means something in
 * one mapping of one process only: whatever the list has to find again must be
 * in the area, and be found by its distance from the start of the area. A
 * pointer in there, or a static variable that remembers where the area was,
 * is right until somebody else looks.
 *
 * The functions take no lock: the caller holds the one that guards the area.
 */
#ifndef SHLIST_H
#define SHLIST_H

#include <stddef.h>

enum { SHLIST_TEXT = 28, SHLIST_MIN = 256, SHLIST_MAX = 1 << 30 };

/** So many texts fit into an area of @size bytes at least. */
#define SHLIST_ROOM(size) (((size_t)(size)-64) / 48)

/**
 * Make an empty list of the @size bytes at @area.
 *
 * @area is aligned as mmap() and malloc() align. What was there is lost.
 *
 * Return: 0, or -1 with errno EINVAL (@size is not from SHLIST_MIN to
 *         SHLIST_MAX; nothing was written).
 */
int shlist_init(void *area, size_t size);

/**
 * Append a copy of @text at the end of the list.
 *
 * The empty text is a text; the same text may be there several times. Room
 * that shlist_remove() has freed is used again.
 *
 * Return: 0, or -1 with errno EMSGSIZE (@text has more than SHLIST_TEXT - 1
 *         bytes) or ENOSPC (no room, which cannot be while there are fewer than
 *         SHLIST_ROOM texts). Then the list is as it was.
 */
int shlist_add(void *area, const char *text);

/**
 * Remove the first text that equals @text.
 *
 * Return: 0, or -1 with errno ENOENT (there is none; the list is as it was).
 */
int shlist_remove(void *area, const char *text);

/**
 * Call @visit(text, @arg) for each text, from the first to the last.
 *
 * @visit does not change the list. It may keep nothing of @text, which lies in
 * the area.
 */
void shlist_each(const void *area, void (*visit)(const char *text, void *arg),
                 void *arg);

#endif
