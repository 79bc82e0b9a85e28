/* SPDX-License-Identifier: MIT */
/*
 * Purpose: one place that decides what happens without memory, so that no caller has a branch
 * that nobody ever tests.
 */
#include "gr_alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *check(void *p)
{
    static const char msg[] = "ipclab: out of memory; nothing was judged\n";

    if (p)
        return p;
    if (write(STDERR_FILENO, msg, sizeof(msg) - 1) < 0)
        _exit(75);
    _exit(75);
}

void *gr_xcalloc(size_t n, size_t size)
{
    return check(calloc(n ? n : 1, size ? size : 1));
}

void *gr_xrealloc(void *p, size_t n, size_t size)
{
    return check(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *gr_xstrdup(const char *s)
{
    return s ? check(strdup(s)) : NULL;
}

char *gr_xstrndup(const char *s, size_t n)
{
    return check(strndup(s, n));
}

char *gr_xasprintf(const char *fmt, ...)
{
    char *s = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&s, fmt, ap) < 0)
        s = NULL;
    va_end(ap);
    return check(s);
}
