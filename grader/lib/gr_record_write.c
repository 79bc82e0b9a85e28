/* SPDX-License-Identifier: MIT */
/*
 * Purpose: hand one record over a pipe. The line is bounded, so that the reader can be; a record
 * that is too long loses the middle of its longest texts and never its verdict.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gr_io.h"
#include "gr_record_json.h"
#include "gr_text.h"

enum { LINE_MAX_BYTES = 256 * 1024 };

/* The middle is what can be missed: the head says what it is, the tail how it ended. */
static void cut(char **text, size_t max)
{
    size_t len = *text ? strlen(*text) : 0, head, tail;
    char *s;

    if (len <= max + 64)
        return;
    head = gr_utf8_floor(*text, max / 2);
    tail = gr_utf8_floor(*text, len - max / 2);
    s = gr_xasprintf("%.*s...[%zu bytes cut]...%s", (int)head, *text, tail - head, *text + tail);
    free(*text);
    *text = s;
}

void gr_record_cut(struct gr_record *r, size_t max, size_t nfindings)
{
    cut(&r->expected, max);
    cut(&r->actual, max);
    cut(&r->input, max);
    cut(&r->message, max);
    cut(&r->command, max);
    cut(&r->first, max);
    cut(&r->concept_, max);
    cut(&r->title, max);
    while (r->nfindings > nfindings) {
        struct gr_record one = {.findings = gr_xcalloc(1, sizeof(*r->findings)), .nfindings = 1};

        one.findings[0] = r->findings[--r->nfindings];
        gr_record_release(&one);
    }
    for (size_t i = 0; i < r->nfindings; i++) {
        cut(&r->findings[i].text, max);
        cut(&r->findings[i].stack, max);
    }
}

/* Return: the line with its newline, of *@len bytes; the caller frees. */
static char *line_of(const struct gr_record *r, size_t *len)
{
    json_t *o = gr_record_json(r);
    char *s = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);

    json_decref(o);
    if (!s) {
        errno = EBADMSG;
        return NULL;
    }
    *len = strlen(s);
    s[(*len)++] = '\n'; /* in place of the NUL: the length is what counts from here */
    return s;
}

/* Make a copy that is cut until its line fits. Return: as line_of(). */
static char *cut_line(const char *line, size_t linelen, size_t *len)
{
    static const size_t limits[] = {16384, 4096, 1024, 256};
    struct gr_record copy;
    char err[80], *s = NULL;

    if (gr_record_from_json(&copy, line, linelen, err, sizeof(err)) == -1)
        return NULL;
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        gr_record_cut(&copy, limits[i], 64 >> i);
        free(s);
        s = line_of(&copy, len);
        if (!s || *len <= LINE_MAX_BYTES)
            break;
    }
    gr_record_release(&copy);
    return s;
}

int gr_record_write(const struct gr_record *r, int fd)
{
    size_t len = 0;
    char *s = line_of(r, &len), *shorter;
    int rc = -1, saved;

    if (s && len > LINE_MAX_BYTES) {
        shorter = cut_line(s, len, &len);
        free(s);
        s = shorter;
    }
    if (!s)
        return -1;
    if (len > LINE_MAX_BYTES)
        errno = EMSGSIZE;
    else
        rc = gr_write_all(fd, s, len);
    saved = errno;
    free(s);
    errno = saved;
    return rc;
}
