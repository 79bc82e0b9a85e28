/* SPDX-License-Identifier: MIT */
/* The text that tells the injection library what to do. Its grammar is the library's
 * (grader/inject/README.md); this is the only place that writes it. */
#include "gr_inject.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 2, 3))) put(struct gr_buf *b, const char *fmt, ...)
{
    char item[4096];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(item, sizeof item, fmt, ap);
    va_end(ap);
    if (n > 0)
        gr_buf_add(b, item, (size_t)n < sizeof item ? (size_t)n : sizeof item - 1);
}

static void put_percent(struct gr_buf *b, const char *key, unsigned value)
{
    if (value > 0)
        put(b, ";%s=%u", key, value);
}

char *gr_inject_env(const struct gr_inject *in, const struct gr_inject_where *where)
{
    struct gr_buf b = {.cap = 16384};
    double scale = where->time_scale > 0 ? where->time_scale * 100 : 100;

    if (where->bin_dir[0] != '/' || strchr(where->bin_dir, ';') || strlen(where->bin_dir) > 500) {
        errno = EINVAL;
        return NULL;
    }
    put(&b, "IPCLAB_INJECT=seed=%llu;bin=%s;proc=%u", (unsigned long long)in->seed, where->bin_dir,
        where->proc);
    put(&b, ";scale=%u", scale < 1 ? 1 : scale > 100000 ? 100000 : (unsigned)scale);
    put_percent(&b, "short", in->cut);
    put_percent(&b, "eintr", in->eintr);
    put_percent(&b, "eagain", in->eagain);
    put_percent(&b, "wake", in->wake);
    if (in->jitter > 0 && in->jitter_us > 0)
        put(&b, ";jitter=%u:%uus", in->jitter, in->jitter_us);
    if (in->assume_handler)
        put(&b, ";handler=assume");
    if (in->handlers)
        put(&b, ";handlers=1");
    if (in->hooks)
        put(&b, ";hooks=on");
    if (in->calls)
        put(&b, ";calls=%s", in->calls);
    if (in->trace)
        put(&b, ";trace=%s", in->trace);
    for (size_t i = 0; in->rules && in->rules[i]; i++)
        put(&b, ";%s", in->rules[i]);
    if (where->log_fd >= 0)
        put(&b, ";log=%d.%lu", where->log_fd, where->log_ino);
    return b.data;
}
