/* SPDX-License-Identifier: MIT */
/* What grader/suites/01-pipes/io_driver.c prints when io.c is right. */
#include "01_pipes.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 64 }; /* bytes the driver shows of a piece */

static void add(struct gr_buf *b, const char *text)
{
    gr_buf_add(b, text, strlen(text));
}

/* `NAME LEN crc CRC hex HEX` */
static void add_data(struct gr_buf *b, const char *name, const char *p, size_t len)
{
    char line[64], hex[3];

    snprintf(line, sizeof line, "%s %zu crc %08x hex ", name, len, gr_crc32(p, len));
    add(b, line);
    for (size_t i = 0; i < len && len <= SHOWN; i++) {
        snprintf(hex, sizeof hex, "%02x", (unsigned char)p[i]);
        add(b, hex);
    }
    add(b, len > SHOWN ? "-\n" : "\n");
}

/* What the driver prints of a read_full() that stored @n of the @total bytes at @p. */
char *io_read_full_text(const char *p, size_t n, size_t total)
{
    struct gr_buf b = {.cap = 4096};
    char line[64];

    snprintf(line, sizeof line, "ret %zu errno -\n", n);
    add(&b, line);
    add_data(&b, "data", p, n);
    add(&b, "canary ok\n");
    add_data(&b, "rest", p + n, total - n);
    return b.data;
}

/* The driver's way to show a piece. */
static void add_escaped(struct gr_buf *b, const char *p, size_t len)
{
    size_t shown = len < SHOWN ? len : SHOWN;

    add(b, "\"");
    for (size_t i = 0; i < shown; i++) {
        static const char plain[] = "\n\t\r\"\\", letter[] = "ntr\"\\";
        const char *at = p[i] ? strchr(plain, p[i]) : NULL;
        char out[8];

        if (at)
            snprintf(out, sizeof out, "\\%c", letter[at - plain]);
        else if (p[i] < 32 || p[i] > 126)
            snprintf(out, sizeof out, "\\x%02x", (unsigned char)p[i]);
        else
            snprintf(out, sizeof out, "%c", p[i]);
        add(b, out);
    }
    add(b, len > shown ? "\"...\n" : "\"\n");
}

/* What the driver prints of read_line() calls on @text with room for @cap. */
char *io_read_lines_text(const char *text, size_t len, size_t cap)
{
    struct gr_buf b = {.cap = 1 << 20};

    for (long k = 1;; k++) {
        const char *nl = memchr(text, '\n', len);
        size_t piece = nl ? (size_t)(nl - text) + 1 : len;
        char line[96];

        if (piece > cap - 1)
            piece = cap - 1;
        snprintf(line, sizeof line, "line %ld ret %zu errno - nul yes canary ok crc %08x text ", k,
                 piece, gr_crc32(text, piece));
        add(&b, line);
        add_escaped(&b, text, piece);
        if (piece == 0)
            break;
        text += piece;
        len -= piece;
    }
    add_data(&b, "rest", "", 0);
    return b.data;
}

char *io_first_line_text(const char *text)
{
    size_t n = strcspn(text, "\n") + 1;
    struct gr_buf b = {.cap = 4096};
    char line[96];

    snprintf(line, sizeof line, "line 1 ret %zu errno - nul yes canary ok crc %08x text ", n,
             gr_crc32(text, n));
    add(&b, line);
    add_escaped(&b, text, n);
    add_data(&b, "rest", text + n, strlen(text) - n);
    return b.data;
}
