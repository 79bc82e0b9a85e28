/* SPDX-License-Identifier: MIT */
/*
 * Purpose: tell text that may be shown to a person from bytes that may not. A student's program
 * can print anything; a terminal obeys some of it.
 */
#include "gr_text.h"

#include <string.h>

/* Length of the sequence that @lead opens and the smallest code point that needs it. */
static size_t sequence(unsigned char lead, uint32_t *min, uint32_t *bits)
{
    if (lead < 0x80) {
        *min = 0;
        *bits = lead;
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        *min = 0x80;
        *bits = lead & 0x1fu;
        return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        *min = 0x800;
        *bits = lead & 0x0fu;
        return 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *min = 0x10000;
        *bits = lead & 0x07u;
        return 4;
    }
    return 0;
}

size_t gr_utf8_decode(const unsigned char *s, size_t len, uint32_t *cp)
{
    uint32_t min, c;
    size_t n, i;

    if (len == 0)
        return 0;
    n = sequence(s[0], &min, &c);
    if (n == 0 || n > len)
        return 0;
    for (i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < min || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *cp = c;
    return n;
}

bool gr_utf8_printable(uint32_t cp)
{
    /* Controls, zero-width and direction marks, line separators, tags, non-characters. */
    static const uint32_t hidden[][2] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},       {0x61c, 0x61c},
        {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0xfeff, 0xfeff},
        {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff},
    };
    size_t i;

    for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
        if (cp >= hidden[i][0] && cp <= hidden[i][1])
            return false;
    return true;
}

size_t gr_utf8_floor(const char *s, size_t len)
{
    size_t back = 0;

    while (back < 3 && back < len && ((unsigned char)s[len - back] & 0xc0) == 0x80)
        back++;
    return ((unsigned char)s[len - back] & 0xc0) == 0x80 ? len : len - back;
}

char *gr_clean(const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t len = strlen(s), n;
    struct gr_text t = {0};
    uint32_t cp;

    for (size_t i = 0; i < len; i += n ? n : 1) {
        n = gr_utf8_decode(u + i, len - i, &cp);
        if (n > 0 && (u[i] == '\n' || gr_utf8_printable(cp)))
            gr_text_add(&t, u + i, n);
        else
            gr_text_adds(&t, "?");
    }
    return gr_text_take(&t);
}
