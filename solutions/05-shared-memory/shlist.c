/* SPDX-License-Identifier: MIT */
/*
 * shlist.c: a list of texts in shared memory (part 5E).
 *
 * What is stored are offsets from the start of the area, 0 for "none": there
 * lies the head, and never a node. What is used are addresses, made anew from
 * `area` in each call; node_at() is where one becomes the other.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "shlist.h"

/* At the start of the area. */
struct head {
    uint32_t size;        /* of the whole area */
    uint32_t used;        /* bytes from its start that were ever used */
    uint32_t first, last; /* nodes of the list */
    uint32_t spare;       /* nodes that were removed, linked by next */
};

struct node {
    uint32_t next;
    char text[SHLIST_TEXT];
};

static struct node *node_at(const void *area, uint32_t offset)
{
    return (struct node *)((char *)area + offset);
}

int shlist_init(void *area, size_t size)
{
    struct head *h = area;

    if (size < SHLIST_MIN || size > SHLIST_MAX) {
        errno = EINVAL;
        return -1;
    }
    *h = (struct head){.size = (uint32_t)size, .used = sizeof *h};
    return 0;
}

/* Return: the offset of a node nobody uses, or 0. */
static uint32_t take_node(struct head *h)
{
    uint32_t offset = h->spare;

    if (offset != 0) {
        h->spare = node_at(h, offset)->next;
        return offset;
    }
    if (h->size - h->used < sizeof(struct node))
        return 0;
    offset = h->used;
    h->used += (uint32_t)sizeof(struct node);
    return offset;
}

int shlist_add(void *area, const char *text)
{
    struct head *h = area;
    size_t len = strlen(text);
    struct node *node;
    uint32_t offset;

    if (len >= SHLIST_TEXT) {
        errno = EMSGSIZE;
        return -1;
    }
    offset = take_node(h);
    if (offset == 0) {
        errno = ENOSPC;
        return -1;
    }
    node = node_at(area, offset);
    node->next = 0;
    memcpy(node->text, text, len + 1);
    if (h->last == 0)
        h->first = offset;
    else
        node_at(area, h->last)->next = offset;
    h->last = offset;
    return 0;
}

int shlist_remove(void *area, const char *text)
{
    struct head *h = area;
    uint32_t before = 0, offset = h->first;
    struct node *node = node_at(area, offset);

    while (offset != 0 && strcmp(node->text, text) != 0) {
        before = offset;
        offset = node->next;
        node = node_at(area, offset);
    }
    if (offset == 0) {
        errno = ENOENT;
        return -1;
    }
    if (before == 0)
        h->first = node->next;
    else
        node_at(area, before)->next = node->next;
    if (h->last == offset)
        h->last = before;
    node->next = h->spare;
    h->spare = offset;
    return 0;
}

void shlist_each(const void *area, void (*visit)(const char *text, void *arg),
                 void *arg)
{
    const struct head *h = area;

    for (uint32_t at = h->first; at != 0; at = node_at(area, at)->next)
        visit(node_at(area, at)->text, arg);
}
