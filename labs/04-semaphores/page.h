/* SPDX-License-Identifier: MIT */
/*
 * page.h: what readers read and writers write in `rw`.
 *
 *  1. Put a struct page into memory that all processes share. New shared memory
 *     is all zero: version 0.
 *  2. page_write() makes the next version, word by word. page_read() compares
 *     the words: a page of two versions is torn.
 *
 * Nothing here keeps processes apart. That is your work.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdint.h>

#include "kit.h"

enum { PAGE_WORDS = 64 };

/* Any number of readers, or one writer and nobody else. */
struct page {
    int64_t word[PAGE_WORDS]; /* each the version */
};

/** Reader @i reads the page. Return: its version, or -1 if it is torn. */
static inline int64_t page_read(const struct page *p, int i)
{
    int64_t version;

    kit_enter("read", i);
    version = p->word[0];
    for (int k = 0; k < PAGE_WORDS; k++)
        if (p->word[k] != version)
            version = -1;
    kit_leave("read", i);
    return version;
}

/** Writer @i writes the next version. Return: its number, counted from 1. */
static inline int64_t page_write(struct page *p, int i)
{
    int64_t version;

    kit_enter("write", i);
    version = p->word[0] + 1;
    for (int k = 0; k < PAGE_WORDS; k++)
        p->word[k] = version;
    kit_leave("write", i);
    return version;
}

#endif
