/* SPDX-License-Identifier: MIT */
/**
 * A string that grows, and what we need to know about UTF-8.
 *
 *  1. struct gr_text t = {0};
 *  2. gr_text_add(), gr_text_adds(), gr_text_addf() as often as you like.
 *  3. gr_text_take() hands over the string (the caller frees) and empties @t.
 */
#ifndef GR_TEXT_H
#define GR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gr_text {
    char *s;
    size_t len;
    size_t cap;
};

void gr_text_add(struct gr_text *t, const void *data, size_t len);
void gr_text_adds(struct gr_text *t, const char *s);
void gr_text_addf(struct gr_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Append @arg so that a POSIX shell reads back exactly @arg. */
void gr_text_add_quoted(struct gr_text *t, const char *arg);
/** Return: @s with everything that is not printable escaped, at most 200 bytes of it: for file
 *  names and options in messages. The caller frees. */
char *gr_escape_name(const char *s);
/** Return: @s with "?" for what is not printable; for messages that hold escaped text already. The
 *  caller frees. */
char *gr_clean(const char *s);
/** Return: the string, never NULL; the caller frees. */
char *gr_text_take(struct gr_text *t);

/**
 * Decode the character at @s of @len bytes.
 * Return: its length in bytes and the code point in @cp, or 0 when it is not valid UTF-8.
 */
size_t gr_utf8_decode(const unsigned char *s, size_t len, uint32_t *cp);
/** Return: whether @cp can be shown without moving the cursor, hiding or reordering text. */
bool gr_utf8_printable(uint32_t cp);
/** Return: @len moved back to the nearest start of a character of @s. */
size_t gr_utf8_floor(const char *s, size_t len);

#endif
