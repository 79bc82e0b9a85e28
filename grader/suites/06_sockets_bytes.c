/* SPDX-License-Identifier: MIT */
/* Lab 06, part 6A: frames as bytes, and what the driver must print of them; its head comment,
 * grader/suites/06-sockets/frame_driver.c, tells the format of its lines. */
#include "06_sockets.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 65536 };

/* What the driver writes for a length of @n. */
static void generate(char *p, size_t n)
{
    uint32_t x = (uint32_t)n;

    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        p[i] = (char)(x >> 24);
    }
}

void frames_add_head(struct gr_buf *b, uint32_t len)
{
    uint32_t word = htonl(len);

    gr_buf_add(b, &word, sizeof word);
}

void frames_add(struct gr_buf *b, size_t len)
{
    char *payload = gr_xcalloc(1, len + 1);

    generate(payload, len);
    frames_add_head(b, (uint32_t)len);
    gr_buf_add(b, payload, len);
    free(payload);
}

void frames_add_line(struct gr_buf *b, const char *p, size_t len)
{
    char line[64];
    int n = snprintf(line, sizeof line, "frame %zu crc %08x\n", len, gr_crc32(p, len));

    gr_buf_add(b, line, (size_t)n);
}

static void add_text(struct gr_buf *b, const char *text)
{
    gr_buf_add(b, text, strlen(text));
}

void frames_expected(struct gr_buf *out, const char *p, size_t len, long times)
{
    char rest[32];
    size_t at = 0;

    for (long i = 0; i < times; i++) {
        uint32_t n = 0;

        if (at == len) {
            add_text(out, "ret 0 errno - payload null len 0\n");
            break;
        }
        if (len - at >= sizeof n)
            memcpy(&n, p + at, sizeof n);
        n = ntohl(n);
        if (len - at >= sizeof n && n > LARGEST) {
            add_text(out, "ret -1 errno EMSGSIZE payload null len 0\n");
            at += sizeof n;
            break;
        }
        if (len - at < sizeof n || len - at - sizeof n < n) {
            add_text(out, "ret -1 errno EPROTO payload null len 0\n");
            at = len;
            break;
        }
        frames_add_line(out, p + at + sizeof n, n);
        at += sizeof n + n;
    }
    snprintf(rest, sizeof rest, "rest %zu\n", len - at);
    add_text(out, rest);
}
