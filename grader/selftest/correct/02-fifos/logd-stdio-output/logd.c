/* SPDX-License-Identifier: MIT */
/*
 * logd FIFO OUT: collect lines from many clients in one file.
 *
 * The server reads chunks (log.h) out of the FIFO, puts the records of each
 * client together, and appends `TAG line` to OUT.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "server.h"

/* A record on its way, as the line it will be. */
struct record {
    struct record *next;
    int32_t pid;
    size_t text, len; /* where the text begins, behind "TAG "; bytes in all */
    char line[LOG_TAG_MAX + LOG_LINE_MAX + 1];
};

/* Records without their last chunk, and the first @have bytes of a chunk. */
struct log {
    int rfd, out;
    struct record *records;
    size_t have;
    struct log_chunk chunk;
};

static int fail(const char *what)
{
    fprintf(stderr, "logd: %s: %s\n", what, strerror(errno));
    return -1;
}

static int write_line(int out, const struct record *r)
{
    static FILE *f;

    if (f == NULL && (f = fdopen(out, "a")) == NULL)
        return fail("fdopen");
    if (fwrite(r->line, 1, r->len, f) != r->len || fflush(f) == EOF)
        return fail("fwrite");
    return 0;
}

static void drop(struct record **at)
{
    struct record *r = *at;

    *at = r->next;
    free(r);
}

static int begin_record(struct record **at, const struct log_chunk *c)
{
    struct record *r = *at;

    if (r == NULL && (r = calloc(1, sizeof *r)) == NULL)
        return fail("calloc");
    *at = r;
    r->pid = c->pid;
    r->len = (size_t)snprintf(r->line, LOG_TAG_MAX + 1, "%.31s ", c->tag);
    r->text = r->len;
    return 0;
}

static int take_chunk(struct log *l)
{
    const struct log_chunk *c = &l->chunk;
    struct record **at = &l->records, *r;
    int rc;

    while (*at != NULL && (*at)->pid != c->pid)
        at = &(*at)->next;
    if ((c->flags & LOG_FIRST) && begin_record(at, c) == -1)
        return -1;
    if ((r = *at) == NULL)
        return 0; /* the rest of a record whose beginning never came */
    if (r->len - r->text + c->len > LOG_LINE_MAX) {
        drop(at);
        return 0;
    }
    memcpy(r->line + r->len, c->data, c->len);
    r->len += c->len;
    if (!(c->flags & LOG_LAST))
        return 0;
    r->line[r->len++] = '\n';
    rc = write_line(l->out, r);
    drop(at);
    return rc;
}

/* Take all there is; the FIFO may be empty in the middle of a chunk. */
static int drain(struct log *l)
{
    for (;;) {
        size_t want = l->have < LOG_HEADER ? 0 : l->chunk.len;
        ssize_t got;

        if (want > LOG_DATA_MAX) { /* where would the next chunk begin? */
            errno = EPROTO;
            return fail("read");
        }
        want += LOG_HEADER;
        if (l->have == want) {
            l->have = 0;
            if (take_chunk(l) == -1)
                return -1;
            continue;
        }
        got = read(l->rfd, (char *)&l->chunk + l->have, want - l->have);
        if (got == -1 && errno != EINTR)
            return errno == EAGAIN ? 0 : fail("read");
        l->have += got == -1 ? 0 : (size_t)got; /* never 0: see server.h */
    }
}

int main(int argc, char *argv[])
{
    static struct log l;
    int rc = 0, more;

    if (argc != 3) {
        fprintf(stderr, "usage: logd FIFO OUT\n");
        return 2;
    }
    l.out = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (l.out == -1)
        return fail(argv[2]) == -1;
    l.rfd = server_open(argv[1]);
    if (l.rfd == -1)
        return fail(argv[1]) == -1;
    if (puts("READY") == EOF || fflush(stdout) == EOF)
        rc = fail("stdout");
    while (rc == 0 && (more = server_wait(l.rfd)) != 0)
        rc = more == -1 ? fail("ppoll") : drain(&l);
    if (server_remove(argv[1]) == -1)
        rc = fail("unlink");
    if (rc == 0)
        rc = drain(&l); /* what was accepted before the signal */
    while (l.records != NULL)
        drop(&l.records);
    return rc == -1;
}
