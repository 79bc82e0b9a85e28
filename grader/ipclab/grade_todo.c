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

/* @s as a person wrote it: a backslash is one backslash, what a terminal would obey is escaped. */
static char *show_text(const char *s, size_t len)
{
    struct gr_text t = {0};

    while (len > 0) {
        const char *slash = memchr(s, '\\', len);
        size_t n = slash ? (size_t)(slash - s) : len;
        char *clean = gr_escape(s, n, n);

        gr_text_adds(&t, clean);
        free(clean);
        if (slash)
            gr_text_add(&t, slash, 1);
        n += slash != NULL;
        s += n;
        len -= n;
    }
    return gr_text_take(&t);
}

/* The text of the mark, without the end of the comment around it. */
static char *mark_text(const char *s)
{
    size_t len = strcspn(s, "\n");
    const char *end = memmem(s, len, "*/", 2);

    if (end)
        len = (size_t)(end - s);
    while (len > 0 && (isspace((unsigned char)s[len - 1]) || s[len - 1] == '.'))
        len--;
    while (len > 0 && (*s == ':' || *s == ' ')) {
        s++;
        len--;
    }
    return show_text(s, gr_utf8_floor(s, len < MAX_TEXT ? len : MAX_TEXT));
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

/* What ends the sentence @text, unless it ends itself. */
static const char *full_stop(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && strchr("?!", text[len - 1]) ? "" : ".";
}

static char *say_first(const struct grade *g, const struct source *s, const struct todo *t)
{
    return gr_xasprintf("%s:%d still says TODO(%s)%s%s%s Start there: labs/%s/README.md, step %s.",
                        s->name, t->line, t->step, *t->text ? ": " : "", t->text,
                        full_stop(t->text), g->lab.slug, t->step);
}

char *todo_first(const struct grade *g, const struct gr_program *prog, const char *step)
{
    for (size_t i = 0; step && *step && i < prog->sources.n; i++) {
        const struct source *s = grade_source(g, prog->sources.v[i]);

        for (size_t k = 0; s && k < s->ntodos; k++)
            if (strcmp(s->todos[k].step, step) == 0)
                return say_first(g, s, &s->todos[k]);
    }
    return NULL;
}

char *todo_said(const struct grade *g, const struct gr_program *prog, const char *text, char **step)
{
    const char *at = text;
    char *first = NULL;

    while (!first && (at = strstr(at, "TODO("))) {
        size_t len = strspn(at += strlen("TODO("), "0123456789.");
        char *name = gr_xstrndup(at, at[len] == ')' ? len : 0);

        first = todo_first(g, prog, name);
        if (first)
            *step = name;
        else
            free(name);
    }
    return first;
}
