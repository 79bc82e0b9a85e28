/* SPDX-License-Identifier: MIT */
/*
 * Purpose: keep what a child says without letting it fill our memory: the head says what
 * happened, the tail how it ended.
 */
#include "pool_buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gr_alloc.h"
#include "gr_text.h"

/* What one drain takes at most: a writer that lives on must not hold us for ever. */
enum { DRAIN_MAX = 4 * 1024 * 1024 };

void pool_buf_init(struct pool_buf *b, int fd, size_t cap, bool tail)
{
    int flags = fcntl(fd, F_GETFL);

    memset(b, 0, sizeof(*b));
    b->fd = fd;
    b->cap = cap;
    b->head = gr_xcalloc(cap, 1);
    b->tail = tail ? gr_xcalloc(POOL_TAIL, 1) : NULL;
    if (flags != -1)
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static void take(struct pool_buf *b, const char *s, size_t n)
{
    size_t part = b->cap - b->len < n ? b->cap - b->len : n;

    memcpy(b->head + b->len, s, part);
    b->len += part;
    for (size_t i = part; b->tail && i < n; i++)
        b->tail[(b->total + i - b->cap) % POOL_TAIL] = s[i];
    b->total += n;
}

/* Return: bytes read, 0 when there is no more to come, -1 when there is none now. */
static ssize_t read_once(struct pool_buf *b)
{
    char buf[16384];
    ssize_t n = read(b->fd, buf, sizeof(buf));

    if (n > 0)
        take(b, buf, (size_t)n);
    else if (n == -1 && errno != EAGAIN && errno != EINTR)
        return 0;
    return n;
}

static void shut(struct pool_buf *b)
{
    if (b->fd != -1)
        close(b->fd);
    b->fd = -1;
}

void pool_buf_read(struct pool_buf *b)
{
    if (read_once(b) == 0)
        shut(b);
}

void pool_buf_drain(struct pool_buf *b)
{
    size_t limit = b->total + DRAIN_MAX;

    while (b->fd != -1 && b->total < limit && read_once(b) > 0)
        ;
    shut(b);
}

void pool_buf_release(struct pool_buf *b)
{
    shut(b);
    free(b->head);
    free(b->tail);
    b->head = b->tail = NULL;
}

char *pool_text(const struct pool_buf *b, size_t *len)
{
    struct gr_text t = {0};
    size_t over = b->total - b->len, from, n;

    gr_text_add(&t, b->head, b->len);
    if (over > 0) {
        n = !b->tail ? 0 : over < POOL_TAIL ? over : POOL_TAIL;
        if (over > n)
            gr_text_addf(&t, "\n...[%zu bytes cut]...\n", over - n);
        from = over > POOL_TAIL ? over % POOL_TAIL : 0;
        for (size_t i = 0; i < n; i++)
            gr_text_add(&t, b->tail + (from + i) % POOL_TAIL, 1);
    }
    *len = t.len;
    return gr_text_take(&t);
}
