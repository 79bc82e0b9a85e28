/* SPDX-License-Identifier: MIT */
/*
 * Purpose: make bytes of a student's program safe to store, to compare by eye and to print.
 * Nothing that moves a cursor, hides or reorders text gets through; nothing is lost silently.
 */
#include <stdint.h>
#include <string.h>

#include "gr_result.h"
#include "gr_text.h"

static void escape_byte(struct gr_text *t, unsigned char c)
{
    switch (c) {
    case '\t':
        gr_text_adds(t, "\\t");
        break;
    case '\r':
        gr_text_adds(t, "\\r");
        break;
    case '\0':
        gr_text_adds(t, "\\0");
        break;
    case '\\':
        gr_text_adds(t, "\\\\");
        break;
    default:
        gr_text_addf(t, "\\x%02x", c);
    }
}

static void escape_span(struct gr_text *t, const unsigned char *s, size_t len)
{
    size_t i = 0, n;
    uint32_t cp;

    while (i < len) {
        n = gr_utf8_decode(s + i, len - i, &cp);
        if (n == 0 || s[i] == '\\' || (s[i] != '\n' && !gr_utf8_printable(cp))) {
            n = n ? n : 1;
            for (size_t k = 0; k < n; k++)
                escape_byte(t, s[i + k]);
        } else {
            gr_text_add(t, s + i, n);
        }
        i += n;
    }
}

/* Move @from forward to the start of a character, if one is near. */
static size_t next_start(const unsigned char *s, size_t from, size_t len)
{
    size_t i = from;

    while (i < len && i < from + 3 && (s[i] & 0xc0) == 0x80)
        i++;
    return i < len && (s[i] & 0xc0) == 0x80 ? from : i;
}

char *gr_escape(const void *data, size_t len, size_t max)
{
    const unsigned char *s = data;
    struct gr_text t = {0};
    size_t head, tail;

    if (len <= max) {
        escape_span(&t, s, len);
        return gr_text_take(&t);
    }
    head = gr_utf8_floor(data, max / 2);
    tail = next_start(s, len - (max - max / 2), len);
    escape_span(&t, s, head);
    gr_text_addf(&t, "...[%zu bytes cut]...", tail - head);
    escape_span(&t, s + tail, len - tail);
    return gr_text_take(&t);
}

char *gr_escape_name(const char *name)
{
    char *s = gr_escape(name, strlen(name), 200);

    for (char *p = s; *p; p++)
        if (*p == '\n')
            *p = ' ';
    return s;
}
