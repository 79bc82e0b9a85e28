/* SPDX-License-Identifier: MIT */
/*
 * shlist.c as a table: nodes have numbers, and a circle of prev and next runs
 * through the used ones, with number 0 as its start. Free ones have no prev.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "shlist.h"

struct node {
    uint32_t prev, next;
    char text[SHLIST_TEXT];
};

struct table {
    uint32_t rooms; /* nodes, with number 0, which holds no text */
    struct node node[];
};

#define FREE UINT32_MAX

int shlist_init(void *area, size_t size)
{
    struct table *t = area;

    if (size < SHLIST_MIN || size > SHLIST_MAX) {
        errno = EINVAL;
        return -1;
    }
    t->rooms = (uint32_t)((size - sizeof *t) / sizeof t->node[0]);
    t->node[0].prev = t->node[0].next = 0;
    for (uint32_t i = 1; i < t->rooms; i++)
        t->node[i].prev = FREE;
    return 0;
}

int shlist_add(void *area, const char *text)
{
    struct table *t = area;
    uint32_t i = 1, last = t->node[0].prev;

    if (strnlen(text, SHLIST_TEXT) == SHLIST_TEXT) {
        errno = EMSGSIZE;
        return -1;
    }
    while (i < t->rooms && t->node[i].prev != FREE)
        i++;
    if (i == t->rooms) {
        errno = ENOSPC;
        return -1;
    }
    strcpy(t->node[i].text, text);
    t->node[i].prev = last;
    t->node[i].next = 0;
    t->node[last].next = t->node[0].prev = i;
    return 0;
}

int shlist_remove(void *area, const char *text)
{
    struct table *t = area;
    uint32_t i = t->node[0].next;

    while (i != 0 && strcmp(t->node[i].text, text) != 0)
        i = t->node[i].next;
    if (i == 0) {
        errno = ENOENT;
        return -1;
    }
    t->node[t->node[i].prev].next = t->node[i].next;
    t->node[t->node[i].next].prev = t->node[i].prev;
    t->node[i].prev = FREE;
    return 0;
}

void shlist_each(const void *area, void (*visit)(const char *text, void *arg), void *arg)
{
    const struct table *t = area;

    for (uint32_t i = t->node[0].next; i != 0; i = t->node[i].next)
        visit(t->node[i].text, arg);
}
