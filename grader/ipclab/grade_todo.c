/* SPDX-License-Identifier: MIT */
/*
 * Purpose: an item that fails because its code is not written yet should say so, and not speak of
 * crashes and differences. The skeleton's marks tell: TODO(01.4) in the source, step 01.4 in the
 * item.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gr_alloc.h"
#include "gr_text.h"
#include "grade.h"

enum { MAX_TODOS = 64, MAX_TEXT = 100 };

/* The text of the mark, without the end of the comment around it. */
static char *mark_text(const char *s)
{
    size_t len = strcspn(s, "\n");
    char *raw, *end = memmem(s, len, "*/", 2), *clean;

    if (end)
        len = (size_t)(end - s);
    while (len > 0 && (isspace((unsigned char)s[len - 1]) || s[len - 1] == '.'))
        len--;
    while (len > 0 && (*s == ':' || *s == ' ')) {
        s++;
        len--;
    }
    raw = gr_xstrndup(s, gr_utf8_floor(s, len < MAX_TEXT ? len : MAX_TEXT));
    clean = gr_escape_name(raw);
    free(raw);
    return clean;
}

void todo_scan(struct source *s, const char *text)
{
    const char *at = text, *from = text;
    int line = 1;

    while (s->ntodos < MAX_TODOS && (at = strstr(at, "TODO("))) {
        size_t len = strspn(at + 5, "0123456789.");
        struct todo *t;

        for (; from < at; from++)
            line += *from == '\n';
        at += 5;
        if (len == 0 || len > 8 || at[len] != ')')
            continue;
        s->todos = gr_xrealloc(s->todos, s->ntodos + 1, sizeof(*s->todos));
        t = &s->todos[s->ntodos++];
        t->step = gr_xstrndup(at, len);
        t->text = mark_text(at + len + 1);
        t->line = line;
    }
}

char *todo_first(const struct grade *g, const struct gr_program *prog, const char *step)
{
    for (size_t i = 0; step && *step && i < prog->sources.n; i++) {
        const struct source *s = grade_source(g, prog->sources.v[i]);

        for (size_t k = 0; s && k < s->ntodos; k++)
            if (strcmp(s->todos[k].step, step) == 0)
                return gr_xasprintf("%s:%d still says TODO(%s)%s%s. Start there: "
                                    "labs/%s/README.md, step %s.",
                                    s->name, s->todos[k].line, step, *s->todos[k].text ? ": " : "",
                                    s->todos[k].text, g->lab.slug, step);
    }
    return NULL;
}
