/* SPDX-License-Identifier: MIT */
/*
 * Purpose: build messages of unknown length without a fixed buffer that cuts them.
 */
#include "gr_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gr_alloc.h"

void gr_text_add(struct gr_text *t, const void *data, size_t len)
{
    if (t->cap < t->len + len + 1) {
        t->cap = 2 * (t->len + len) + 32;
        t->s = gr_xrealloc(t->s, t->cap, 1);
    }
    if (len > 0)
        memcpy(t->s + t->len, data, len);
    t->len += len;
    t->s[t->len] = '\0';
}

void gr_text_adds(struct gr_text *t, const char *s)
{
    gr_text_add(t, s, strlen(s));
}

void gr_text_addf(struct gr_text *t, const char *fmt, ...)
{
    char *s = NULL;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&s, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    gr_text_add(t, s, (size_t)n);
    free(s);
}

void gr_text_add_quoted(struct gr_text *t, const char *arg)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-./:=,+@%";

    if (*arg && strspn(arg, plain) == strlen(arg)) {
        gr_text_adds(t, arg);
        return;
    }
    gr_text_adds(t, "'");
    for (; *arg; arg++) {
        if (*arg == '\'')
            gr_text_adds(t, "'\\''");
        else
            gr_text_add(t, arg, 1);
    }
    gr_text_adds(t, "'");
}

char *gr_text_take(struct gr_text *t)
{
    char *s = t->s ? t->s : gr_xstrdup("");

    memset(t, 0, sizeof(*t));
    return s;
}
