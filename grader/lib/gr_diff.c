/* SPDX-License-Identifier: MIT */
/*
 * Purpose: point at the first wrong character, so that nobody compares two screens by eye.
 */
#include "gr_diff.h"

#include <stddef.h>

#include "gr_text.h"

bool gr_first_diff(const char *expected, const char *actual, long *line, long *col)
{
    const char *e = expected ? expected : "", *a = actual ? actual : "";
    size_t same = 0, start = 0, i;

    *line = 0;
    *col = 0;
    while (e[same] && e[same] == a[same])
        same++;
    if (e[same] == a[same])
        return false;
    /* Both texts share the bytes before: stepping back to a start is right for both. */
    i = gr_utf8_floor(e, same);
    same = gr_utf8_floor(a, same);
    same = i < same ? i : same;
    *line = 1;
    for (i = 0; i < same; i++) {
        if (a[i] == '\n') {
            ++*line;
            start = i + 1;
        }
    }
    *col = 1;
    for (i = start; i < same; i++)
        if (((unsigned char)a[i] & 0xc0) != 0x80)
            ++*col;
    return true;
}
