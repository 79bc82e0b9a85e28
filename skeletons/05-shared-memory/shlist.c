/* SPDX-License-Identifier: MIT */
/*
 * shlist.c: a list of texts in shared memory.
 *
 * What each function promises stands in shlist.h. Draw the area here: what lies
 * at its start, and what does a node look like?
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "shlist.h"

int shlist_init(void *area, size_t size)
{
    /* TODO(05.12): an empty list. */
    (void)area;
    (void)size;
    errno = ENOSYS;
    return -1;
}

int shlist_add(void *area, const char *text)
{
    /* TODO(05.12): take room for a node, copy the text, link it at the end. */
    /* TODO(05.13): room that was freed comes first. */
    (void)area;
    (void)text;
    errno = ENOSYS;
    return -1;
}

int shlist_remove(void *area, const char *text)
{
    /* TODO(05.13): unlink the first node with this text, and keep its room. */
    (void)area;
    (void)text;
    errno = ENOSYS;
    return -1;
}

void shlist_each(const void *area, void (*visit)(const char *text, void *arg),
                 void *arg)
{
    /* TODO(05.12): visit each text, from the first to the last. */
    (void)area;
    (void)visit;
    (void)arg;
}
