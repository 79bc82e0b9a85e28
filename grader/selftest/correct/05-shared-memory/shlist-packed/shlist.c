/* SPDX-License-Identifier: MIT */
/*
 * shlist.c without links: the texts lie one behind the other, each with its
 * '\0', behind two numbers. To remove one is to move the rest.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "shlist.h"

struct bag {
    uint32_t size, used; /* bytes of texts[] */
    char texts[];
};

static int no(int error)
{
    errno = error;
    return -1;
}

int shlist_init(void *area, size_t size)
{
    struct bag *b = area;

    if (size < SHLIST_MIN || size > SHLIST_MAX)
        return no(EINVAL);
    b->size = (uint32_t)(size - sizeof *b);
    b->used = 0;
    return 0;
}

int shlist_add(void *area, const char *text)
{
    struct bag *b = area;
    size_t len = strlen(text) + 1;

    if (len > SHLIST_TEXT)
        return no(EMSGSIZE);
    if (len > b->size - b->used)
        return no(ENOSPC);
    memcpy(b->texts + b->used, text, len);
    b->used += (uint32_t)len;
    return 0;
}

int shlist_remove(void *area, const char *text)
{
    struct bag *b = area;
    uint32_t at = 0, len = (uint32_t)strlen(text) + 1;

    while (at < b->used && strcmp(b->texts + at, text) != 0)
        at += (uint32_t)strlen(b->texts + at) + 1;
    if (at == b->used)
        return no(ENOENT);
    memmove(b->texts + at, b->texts + at + len, b->used - at - len);
    b->used -= len;
    return 0;
}

void shlist_each(const void *area, void (*visit)(const char *text, void *arg), void *arg)
{
    const struct bag *b = area;
    uint32_t at = 0;

    while (at < b->used) {
        const char *text = b->texts + at;

        visit(text, arg);
        at += (uint32_t)strlen(text) + 1;
    }
}
